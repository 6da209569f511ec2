import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const ROOT = resolve(import.meta.dirname, '..')

/** What the ready line says. */
export interface Ready {
  version: string
  mode: string
  workbench: string
  api: string
  balancer: string
  token: string
  dataDir: string
}

/** A lab running as its own process, as a user starts it. */
export interface LabProcess {
  ready: Ready
  pid: number
  /** Calls the control API with its token. */
  call(method: string, path: string, body?: unknown): Promise<Response>
  stop(): Promise<number | null>
}

async function readyLine(child: ChildProcess): Promise<Ready> {
  if (!child.stdout) throw new Error('the lab has no stdout')
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('AUTHLAB_READY ')) return JSON.parse(line.slice('AUTHLAB_READY '.length))
  }
  throw new Error(`the lab ended with ${child.exitCode} before it was ready`)
}

/** Starts the built lab in browser mode on free ports and a temporary folder. */
export async function startLabProcess(...flags: string[]): Promise<LabProcess> {
  const entry = join(ROOT, 'out/main/cli.js')
  const child = spawn(process.execPath, [entry, '--browser', '--no-open', '--fresh', '--port', '0', '--balancer-port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = await readyLine(child)
  child.stdout?.resume()
  return {
    ready,
    pid: child.pid ?? 0,
    call: (method, path, body) =>
      fetch(`${ready.api}${path}`, {
        method,
        headers: { authorization: `Bearer ${ready.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return code
    },
  }
}
