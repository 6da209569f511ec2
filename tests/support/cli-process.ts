import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OUT } from '../../scripts/paths.ts'
import type { Ready } from '../../src/server/running-lab.ts'

/** How a process ended and all that it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line of the lab running under Node, from its sources unless told otherwise. */
export interface CliProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What the ready line says; rejects with stderr when the process ends before. */
  readonly ready: Promise<Ready>
}

const SOURCE = fileURLToPath(new URL('../../src/server/cli.ts', import.meta.url))
/** The command line as it is built: it starts in half the time of the sources. */
export const BUILT_CLI = join(OUT, 'main', 'cli.js')

/** Runs the command line with these flags. @param env laid over this process's own */
export function runCli(flags: readonly string[], env: NodeJS.ProcessEnv = {}, entry = SOURCE): CliProcess {
  const child = spawn(process.execPath, [entry, ...flags], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...output })))
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output.stdout += chunk
      const line = /^AUTHLAB_READY (.*)\n/m.exec(output.stdout)?.[1]
      if (line) resolve(JSON.parse(line))
    })
    ended.then(({ stderr, code, signal }) => reject(new Error(`ended with ${code ?? signal}: ${stderr}`)))
  })
  ready.catch(() => undefined)
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk
  })
  return { child, ended, ready }
}

/** Flags for a lab of one node on free ports that works in this folder. */
export const flagsFor = (folder: string): string[] => [
  ...['--browser', '--no-open', '--nodes', '1', '--port', '0', '--balancer-port', '0'],
  ...['--data-dir', folder],
]
