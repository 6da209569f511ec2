import { ConfigError } from './config.ts'
import { LabError } from './errors.ts'

/** Node-API 10, which the database module is built for, came with Node 22.14. */
const NODE_API = 10
/** The longest that closing may take, milliseconds. */
const CLOSE_WITHIN_MS = 4500

/** Exit codes of the command lines. */
export const EXIT = { failed: 1, badFlag: 2 } as const

/** One line on stderr, whatever the message holds. */
export const say = (message: string): void => {
  process.stderr.write(`authlab: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
}

/** Says why and ends the process. */
export function leave(code: number, message: string): never {
  say(message)
  process.exit(code)
}

/** Ends the process when Node is too old for the database module; Electron brings a Node of its own. */
export function requireNode(): void {
  const isTooOld = process.versions['electron'] === undefined && Number(process.versions['napi']) < NODE_API
  if (isTooOld) leave(EXIT.failed, `Node ${process.versions.node} is too old to run from source: use Node 22.14 or newer, or npm start.`)
}

/** What a command line asked for; help and version are answered at once, a flag that cannot be used ends the process with its one line. */
export function readOrLeave<T extends object>(parse: () => T | { help: string } | { version: string }): T {
  try {
    const parsed = parse()
    if (!('help' in parsed) && !('version' in parsed)) return parsed
    process.stdout.write('help' in parsed ? String(parsed.help) : `${String(parsed.version)}\n`)
    process.exit(0)
  } catch (error) {
    if (error instanceof ConfigError) leave(EXIT.badFlag, error.message)
    throw error
  }
}

/** Says why a command ended before its time, without a stack, and ends the process. */
export function leaveFailed(error: unknown): never {
  if (error instanceof LabError) leave(EXIT.failed, error.message)
  if (process.env['AUTHLAB_DEBUG'] === '1') console.error(error)
  leave(EXIT.failed, `it could not start: ${error instanceof Error ? error.message : String(error)} (AUTHLAB_DEBUG=1 shows where)`)
}

/** Aborts at the first signal; from then on the process has its time to close, however long its start or its end would take. */
export function watchSignals(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) return
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return controller.signal
}
