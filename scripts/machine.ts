import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'
import { lastLine, run } from './command.ts'

/** What the suites need from Debian, and the file that shows it is there. */
const DEBIAN_PACKAGES: Record<string, string> = {
  chromium: '/usr/bin/chromium',
  xvfb: '/usr/bin/xvfb-run',
  xauth: '/usr/bin/xauth',
  'x11-utils': '/usr/bin/xprop',
  'libgtk-3-0': '/usr/lib/x86_64-linux-gnu/libgtk-3.so.0',
  libnss3: '/usr/lib/x86_64-linux-gnu/libnss3.so',
  libasound2: '/usr/lib/x86_64-linux-gnu/libasound.so.2',
  libgbm1: '/usr/lib/x86_64-linux-gnu/libgbm.so.1',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  unzip: '/usr/bin/unzip',
  patch: '/usr/bin/patch',
  'redis-server': '/usr/bin/redis-server',
  'dbus-daemon': '/usr/bin/dbus-run-session',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  'g++': '/usr/bin/g++',
  make: '/usr/bin/make',
  python3: '/usr/bin/python3',
}

/** Where an executable on PATH is, or null. */
function which(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {}
  }
  return null
}

const missingPackages = (): string[] =>
  Object.entries(DEBIAN_PACKAGES)
    .filter(([name, file]) => !existsSync(file) && which(name) === null)
    .map(([name]) => name)

/** Installs what the suites need where that is possible (Debian, as root). Answers one line that says what is still missing, or null. */
export async function makeMachineReady(): Promise<string | null> {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return null
  const missing = missingPackages()
  if (missing.length === 0) return null
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0) return `run as root: ${command}`
  process.stderr.write(`Installing ${missing.join(', ')}...\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-q'], { env, timeoutMs: 300_000 })
  const { code, output } = await run('apt-get', command.split(' ').slice(1), { env, timeoutMs: 900_000 })
  return code === 0 ? null : `${command} failed: ${lastLine(output)}`
}

/** A Chromium for the browser suite: the system's, else Playwright's own; null when there is none. */
export function findChromium(): string | null {
  const own = chromium.executablePath()
  return which('chromium') ?? which('google-chrome') ?? which('chromium-browser') ?? (own && existsSync(own) ? own : null)
}

/** How to run a program that opens windows here: as it is where there is a display, else under Xvfb; null when neither can be. */
export function withDisplay(): string[] | null {
  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return []
  const xvfb = which('xvfb-run')
  return xvfb && which('xauth') ? [xvfb, '-a'] : null
}
