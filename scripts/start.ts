import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Config, ConfigError, parseConfig } from '../src/server/config.ts'
import { buildWhenStale } from './build-when-stale.ts'
import { electronBinary } from './electron-binary.ts'
import { OUT, ROOT } from './paths.ts'

const flags = process.argv.slice(2)

/** Why there can be no window here, or null. */
function whyNoDisplay(config: Config): string | null {
  if (process.platform !== 'linux') return null
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  if (process.getuid?.() === 0 && config.isSandboxed) return "Electron's sandbox does not run as root (--no-sandbox turns it off)"
  return null
}

/** Runs a program in this one's place: same streams, signals passed on, its exit code becomes ours. */
function become(file: string, args: string[], env: NodeJS.ProcessEnv = process.env): void {
  const child = spawn(file, args, { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A terminal sends SIGINT to the whole group; passing it on would deliver it twice.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`${file} did not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)
  })
}

const serveBrowser = (why: string | null): void =>
  become(process.execPath, [join(OUT, 'main', 'cli.js'), ...flags.filter((flag) => flag !== '--browser'), '--browser'], {
    ...process.env,
    ...(why === null ? {} : { AUTHLAB_WHY_BROWSER: why }),
  })

async function start(): Promise<void> {
  const config = parseConfig(flags, process.env)
  if ('help' in config) return void process.stdout.write(config.help)
  if ('version' in config) return void process.stdout.write(`${config.version}\n`)
  if (!(await buildWhenStale())) {
    process.exitCode = 1
    return
  }
  if (config.mode === 'browser') return serveBrowser(null)
  const noDisplay = whyNoDisplay(config)
  const electron = noDisplay === null ? await electronBinary() : { reason: noDisplay }
  if ('executable' in electron) return become(electron.executable, [...(config.isSandboxed ? [] : ['--no-sandbox']), ROOT, ...flags])
  if (config.mode === 'desktop') {
    process.stderr.write(`No desktop window: ${electron.reason}. Use --browser instead.\n`)
    process.exitCode = 1
    return
  }
  serveBrowser(electron.reason)
}

try {
  await start()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
