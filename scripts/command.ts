import { spawn } from 'node:child_process'

/** How a command ended. */
export interface Ended {
  /** Null when a signal ended it or it could not start. */
  code: number | null
  /** Its output and complaints, interleaved. */
  output: string
}

/** What a command may be given. */
export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Milliseconds after which it is killed; without it there is no limit. */
  timeoutMs?: number
  /** Show the output as it comes instead of keeping it. */
  isShown?: boolean
}

/** Runs a command to its end. Never rejects: a command that cannot start ends with code null. */
export function run(file: string, args: string[], options: CommandOptions = {}): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', options.isShown ? 'inherit' : 'pipe', options.isShown ? 'inherit' : 'pipe'],
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.on('error', (error) => done({ code: null, output: error.message }))
    child.on('close', (code) => done({ code, output }))
  })
}

/** Runs a command that has to succeed. @throws Error with the last lines of what it printed */
export async function mustRun(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const { code, output } = await run(file, args, options)
  if (code === 0) return output
  const tail = output.trim().split('\n').slice(-8).join('\n')
  throw new Error(`${file} ${args[0] ?? ''} ended with ${code ?? 'no exit code'}: ${tail}`)
}

/** The last line a command printed, for a reason in one line. */
export const lastLine = (output: string): string => output.trim().split('\n').at(-1)?.trim() ?? ''
