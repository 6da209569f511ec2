import { spawn } from 'node:child_process'
import { build } from './build-when-stale.ts'
import { bin, ROOT } from './paths.ts'

/** `dev` alone: the desktop window with hot reload. `dev --browser`: rebuilds and restarts the lab server on every change. */
const isBrowser = process.argv.includes('--browser')
const rest = process.argv.slice(2).filter((flag) => flag !== '--browser')

function start(file: string, args: string[]): void {
  const child = spawn(file, args, { stdio: 'inherit', cwd: ROOT })
  child.on('exit', (code) => process.exit(code ?? 0))
}

if (!isBrowser) start(process.execPath, [bin('electron-vite/bin/electron-vite.js'), 'dev', '--watch', '--', ...rest])
else if (await build()) {
  // The lab serves out/renderer, so the page follows a rebuild; the server restarts itself when its source changes.
  spawn(process.execPath, [bin('vite/bin/vite.js'), 'build', '--watch', '--config', 'scripts/vite-renderer.config.ts'], {
    stdio: 'inherit',
    cwd: ROOT,
  })
  start(process.execPath, ['--watch-path=src/server', '--watch-path=src/contract', 'src/server/cli.ts', '--browser', ...rest])
}
