import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { ownFlags } from '../src/main/arguments.ts'
import { ConfigError, DEFAULT_PORTS, parseConfig } from '../src/server/config.ts'
import { build } from './build-when-stale.ts'
import { electronBinary } from './electron-binary.ts'
import { bin, ROOT } from './paths.ts'

/** `dev` alone: the desktop window with hot reload. `dev --browser`: rebuilds and restarts the lab server on every change. */
const isBrowser = process.argv.includes('--browser')
const rest = process.argv.slice(2).filter((flag) => flag !== '--browser')
const isWindows = process.platform === 'win32'

/** Ends a child with all that it started: a signal to electron-vite alone would leave its Electron behind. */
function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(isWindows ? pid : -pid, signal)
  } catch {
    // It has ended by itself.
  }
}

const children: ChildProcess[] = []

function endAll(signal: NodeJS.Signals): void {
  for (const child of children) endGroup(child, signal)
}

/** Runs beside the others started here: when one ends, all do. */
function start(args: string[], env: NodeJS.ProcessEnv = {}): void {
  const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: ROOT, env: { ...process.env, ...env }, detached: !isWindows })
  children.push(child)
  child.on('exit', (code) => {
    endAll('SIGTERM')
    process.exitCode ??= code ?? 0
  })
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  return once(server, 'listening').then(
    () => new Promise((closed) => server.close(() => closed(true))),
    () => false,
  )
}

async function anyFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** The lab's port has to be known before the lab starts: the page's server passes the page's calls on to it. */
async function labPort(): Promise<number | null> {
  const config = parseConfig(ownFlags(['electron', ...rest], false), process.env)
  if (!('port' in config)) return null
  if (config.isPortAsked && config.port !== 0) return config.port
  return !config.isPortAsked && (await isFree(DEFAULT_PORTS.control)) ? DEFAULT_PORTS.control : anyFreePort()
}

/** The flags without `--port`, in either way of writing it. */
const withoutPort = (flags: string[]): string[] =>
  flags.filter((flag, index) => !/^--port(?:=|$)/.test(flag) && !(flags[index - 1] === '--port'))

async function startDesktop(): Promise<void> {
  const port = await labPort()
  const electron = await electronBinary()
  if ('reason' in electron) {
    process.stderr.write(`No desktop window: ${electron.reason}. Use npm run dev:browser instead.\n`)
    process.exitCode = 1
    return
  }
  const flags = port === null ? rest : [...withoutPort(rest), '--port', String(port)]
  start([bin('electron-vite/bin/electron-vite.js'), 'dev', '--watch', '--', ...flags], {
    ELECTRON_EXEC_PATH: electron.executable,
    AUTHLAB_DEV_PORT: String(port ?? DEFAULT_PORTS.control),
  })
}

async function startBrowser(): Promise<void> {
  if (!(await build())) return
  // The lab serves out/renderer, so the page follows a rebuild; the server restarts itself when its source changes.
  start([bin('vite/bin/vite.js'), 'build', '--watch', '--config', 'scripts/vite-renderer.config.ts'])
  start(['--watch-path=src/server', '--watch-path=src/contract', 'src/server/cli.ts', '--browser', ...rest])
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => endAll(signal))
try {
  await (isBrowser ? startBrowser() : startDesktop())
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
