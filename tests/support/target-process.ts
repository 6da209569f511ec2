import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TargetReady } from '../../src/server/standalone/target-server.ts'
import type { Ended } from './cli-process.ts'

/** A target that runs alone, as a process. */
export interface TargetProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What the ready line says; rejects with stderr when the process ends before. */
  readonly ready: Promise<TargetReady>
  /** Ends it as `kill -9` would; resolves when it is gone. */
  kill(): Promise<void>
}

const ENTRY = fileURLToPath(new URL('../../src/server/target-cli.ts', import.meta.url))

/** Runs the target's command line with these flags. */
export function runTarget(...flags: string[]): TargetProcess {
  const child = spawn(process.execPath, [ENTRY, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...output })))
  const ready = new Promise<TargetReady>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output.stdout += chunk
      const line = /^TARGET_READY (.*)\n/m.exec(output.stdout)?.[1]
      if (line) resolve(JSON.parse(line))
    })
    ended.then(({ stderr, code, signal }) => reject(new Error(`ended with ${code ?? signal}: ${stderr}`)))
  })
  ready.catch(() => undefined)
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  return { child, ended, ready, kill }
}
