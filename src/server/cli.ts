import { once } from 'node:events'
import type { Notice } from '../contract/lab.ts'
import { type Config, ConfigError, parseConfig } from './config.ts'
import { LabError } from './errors.ts'
import type { Lab } from './lab.ts'
import { openBrowser } from './open-browser.ts'
import { outliveReaders } from './outlive-readers.ts'

/** Node-API 10, which the database module is built for, came with Node 22.14. */
const NODE_API = 10
/** The longest that closing may take, milliseconds. */
const CLOSE_WITHIN_MS = 4500
const EXIT = { failed: 1, badFlag: 2 } as const

/** One line on stderr, whatever the message holds. */
const say = (message: string): void => {
  process.stderr.write(`authlab: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
}

const inWords = ({ code, params }: Notice): string =>
  code === 'port-moved'
    ? `port ${params['from']} of the ${params['what']} is taken, it moved to ${params['to']}.`
    : `a file that did not pass its integrity check was moved aside to ${params['path']}; a fresh one was started. (database-moved-aside)`

function leave(code: number, message: string): never {
  say(message)
  process.exit(code)
}

function readConfig(): Config {
  try {
    const parsed = parseConfig(process.argv.slice(2), process.env)
    if (!('help' in parsed) && !('version' in parsed)) return parsed
    process.stdout.write('help' in parsed ? parsed.help : `${parsed.version}\n`)
    process.exit(0)
  } catch (error) {
    if (error instanceof ConfigError) leave(EXIT.badFlag, error.message)
    throw error
  }
}

function requireNode(): void {
  const isTooOld = process.versions['electron'] === undefined && Number(process.versions['napi']) < NODE_API
  if (isTooOld) leave(EXIT.failed, `Node ${process.versions.node} is too old to run from source: use Node 22.14 or newer, or npm start.`)
}

/** Aborts at the first signal; from then on the process has its time to close, however long its start or its end would take. */
function watchSignals(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) return
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return controller.signal
}

function announce(lab: Lab, config: Config): void {
  for (const notice of lab.notices) say(inWords(notice))
  const why = process.env['AUTHLAB_WHY_BROWSER']
  if (why) say(`browser mode, because ${why}: ${lab.workbenchUrl}`)
  process.stdout.write(`AUTHLAB_READY ${JSON.stringify(lab.ready)}\n`)
  if (config.shouldOpen && config.mode !== 'headless') openBrowser(lab.workbenchUrl, () => say(`Open ${lab.workbenchUrl} in a browser.`))
}

async function main(): Promise<void> {
  const config = readConfig()
  if (config.mode === 'desktop')
    leave(EXIT.badFlag, '--desktop needs the Electron app; this is the server alone: use npm start -- --desktop.')
  requireNode()
  outliveReaders()
  const stopped = watchSignals()
  // Only now: the native module of the database would not load under an older Node.
  const { startLab } = await import('./lab.ts')
  const lab = await startLab({ ...config, mode: config.mode === 'headless' ? 'headless' : 'browser' })
  // One that was stopped while it started is not announced: nobody should be sent to a lab that closes.
  if (!stopped.aborted) {
    announce(lab, config)
    await once(stopped, 'abort')
  }
  await lab.close()
  process.exit(0)
}

main().catch((error: unknown) => {
  if (error instanceof LabError) leave(EXIT.failed, error.message)
  if (process.env['AUTHLAB_DEBUG'] === '1') console.error(error)
  leave(EXIT.failed, `it could not start: ${error instanceof Error ? error.message : String(error)} (AUTHLAB_DEBUG=1 shows where)`)
})
