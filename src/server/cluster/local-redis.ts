import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { LabError } from '../errors.ts'

const PROGRAM = process.platform === 'win32' ? 'redis-server.exe' : 'redis-server'
const RECORD = 'local-redis.json'
const FOLDER_PREFIX = 'authlab-redis-'
const PORT_ATTEMPTS = 5
const START_PATIENCE_MS = 5000
const STOP_PATIENCE_MS = 2000
const ANSWER_PATIENCE_MS = 500

const Access = z.object({
  port: z.number().int().min(1).max(65_535),
  password: z.string().regex(/^[A-Za-z0-9_-]{20,}$/),
  folder: z.string(),
})
/** What it takes to reach one server of ours. */
type Access = z.infer<typeof Access>

/** How to run a Redis of the lab's own. */
export interface LocalRedisOptions {
  /** The data folder: it keeps how to reach the server, so that the next start can end one that outlived a lab that was killed. */
  folder: string
  /** Called when the server ends without having been told to. */
  onLost?: () => void
}

/** Whether `redis-server` is on PATH. */
export function isRedisInstalled(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, PROGRAM), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * A Redis server on 127.0.0.1 that belongs to this lab and keeps everything in memory: random port, random password that no command line
 * shows, a temporary folder, ended with the lab.
 */
export class LocalRedis {
  readonly #options: LocalRedisOptions
  readonly #access: Access
  #process: ChildProcess | null = null

  private constructor(options: LocalRedisOptions, access: Access) {
    this.#options = options
    this.#access = access
  }

  /**
   * Starts one and waits until it answers; ends one that an earlier lab left behind.
   * @throws LabError `redis-not-installed`, or `redis-not-started` with what the server said
   */
  static async start(options: LocalRedisOptions): Promise<LocalRedis> {
    await endLeftOver(options.folder)
    if (!isRedisInstalled()) {
      const advice = 'Install it (Debian: apt-get install redis-server), or give the URL of a Redis that runs.'
      throw new LabError('redis-not-installed', `There is no ${PROGRAM} on PATH. ${advice}`)
    }
    const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX))
    for (let attempt = 1; ; attempt++) {
      // The port is free now; whoever takes it before the server does makes it fail, and another one is tried.
      const redis = new LocalRedis(options, { port: await freePort(), password: randomBytes(32).toString('base64url'), folder })
      try {
        await redis.launch()
        return redis
      } catch (error) {
        if (attempt < PORT_ATTEMPTS) continue
        rmSync(folder, { recursive: true, force: true })
        rmSync(join(options.folder, RECORD), { force: true })
        throw error
      }
    }
  }

  /** With its password. */
  get url(): string {
    return `redis://:${this.#access.password}@127.0.0.1:${this.#access.port}`
  }

  /** Null while it does not run. */
  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  /** Starts it, empty, where it was; for one that ended. @throws LabError `redis-not-started` */
  async launch(): Promise<void> {
    const configFile = join(this.#access.folder, 'redis.conf')
    writeFileSync(configFile, configuration(this.#access), { mode: 0o600 })
    // Before it runs: a lab that is killed in between leaves a record of nothing, never a server without a record.
    writeFileSync(join(this.#options.folder, RECORD), JSON.stringify(this.#access), { mode: 0o600 })
    const child = spawn(PROGRAM, [configFile], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-2000)
      })
    }
    const ended = once(child, 'exit').catch((error: unknown) => [String(error)])
    const isUp = await Promise.race([answers(child, this.#access), ended.then(() => false)])
    if (!isUp) {
      child.kill('SIGKILL')
      throw new LabError('redis-not-started', `${PROGRAM} did not start: ${lastLine(said)}`)
    }
    this.#process = child
    ended.then(() => this.#lose(child))
  }

  /** Ends it with what was in it; it can be launched again. */
  async halt(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const isEnded = await Promise.race([ended.then(() => true), wait(STOP_PATIENCE_MS, false, { ref: false })])
    if (isEnded) return
    child.kill('SIGKILL')
    await ended
  }

  /** Ends it and takes its folder away. */
  async stop(): Promise<void> {
    await this.halt()
    rmSync(this.#access.folder, { recursive: true, force: true })
    rmSync(join(this.#options.folder, RECORD), { force: true })
  }

  #lose(child: ChildProcess): void {
    if (this.#process !== child) return
    this.#process = null
    this.#options.onLost?.()
  }
}

/** Nothing is ever written to disk; the password is in this file only, which nobody else may read. */
const configuration = ({ port, password, folder }: Access): string =>
  [
    ...['bind 127.0.0.1', 'protected-mode yes', `port ${port}`, `requirepass ${password}`],
    ...['save ""', 'appendonly no', `dir ${JSON.stringify(folder)}`, 'daemonize no', 'logfile ""', 'loglevel warning', 'databases 1', ''],
  ].join('\n')

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() || 'it said nothing'

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function answers(child: ChildProcess, { port, password }: Access): Promise<boolean> {
  const deadline = performance.now() + START_PATIENCE_MS
  while (performance.now() < deadline && child.exitCode === null) {
    if ((await tell(port, password, 'PING')).includes('+PONG')) return true
    await wait(10)
  }
  return false
}

/**
 * What a server answers to one command; empty when nothing answers there, or does not take the password: the command is sent to our own server
 * or to nobody. Inline commands, as Redis takes them from a terminal.
 */
function tell(port: number, password: string, command: string): Promise<string> {
  const accepted = '+OK\r\n'
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`AUTH ${password}\r\n`))
    socket.setTimeout(ANSWER_PATIENCE_MS, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (text: string) => {
      const isAsked = answer.startsWith(accepted)
      answer += text
      if (isAsked) socket.destroy()
      else if (answer === accepted) socket.write(`${command}\r\n`)
      else if (answer.length >= accepted.length) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer.startsWith(accepted) ? answer.slice(accepted.length) : ''))
  })
}

/** Ends the server of a lab that was killed. Whoever answers at its port now is ended only if it takes that server's password. */
async function endLeftOver(folder: string): Promise<void> {
  const access = readRecord(folder)
  if (!access) return
  const { port, password } = access
  await tell(port, password, 'SHUTDOWN NOSAVE')
  const deadline = performance.now() + STOP_PATIENCE_MS
  while (performance.now() < deadline && (await tell(port, password, 'PING')).includes('+PONG')) await wait(20)
  if (basename(access.folder).startsWith(FOLDER_PREFIX)) rmSync(access.folder, { recursive: true, force: true })
  rmSync(join(folder, RECORD), { force: true })
}

function readRecord(folder: string): Access | null {
  try {
    return Access.parse(JSON.parse(readFileSync(join(folder, RECORD), 'utf8')))
  } catch {
    // None, or one that cannot be read: then there is nothing to end.
    return null
  }
}
