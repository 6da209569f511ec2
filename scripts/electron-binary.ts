import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastLine, run } from './command.ts'
import { bin } from './paths.ts'

const FETCH_LIMIT_MS = 180_000
const PROBE_LIMIT_MS = 8_000
const RELEASE_HOST = 'https://github.com/electron/electron/releases'

/** The installed Electron's executable, or null when only the package without its binary is there. */
function installed(): string | null {
  const pathFile = bin('electron/path.txt')
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) return join(override, process.platform === 'win32' ? 'electron.exe' : 'electron')
  if (!existsSync(pathFile)) return null
  const executable = join(bin('electron/dist'), readFileSync(pathFile, 'utf8').trim())
  return existsSync(executable) ? executable : null
}

async function isReleaseHostReachable(): Promise<boolean> {
  try {
    await fetch(RELEASE_HOST, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_LIMIT_MS) })
    return true
  } catch {
    return false
  }
}

/**
 * Electron's executable; fetches it once, as the electron package does on first use.
 * @returns the path, or the reason why it cannot be had
 */
export async function electronBinary(): Promise<{ executable: string } | { reason: string }> {
  const present = installed()
  if (present) return { executable: present }
  const isBehindProxy = Boolean(process.env['HTTPS_PROXY'] ?? process.env['https_proxy'])
  if (!isBehindProxy && !(await isReleaseHostReachable())) {
    return { reason: 'Electron is not installed and its release host cannot be reached' }
  }
  process.stderr.write('Fetching Electron (once)...\n')
  const { code, output } = await run(process.execPath, [bin('electron/install.js')], { timeoutMs: FETCH_LIMIT_MS })
  const fetched = installed()
  return fetched
    ? { executable: fetched }
    : { reason: `Electron could not be fetched (${code === null ? 'it took too long' : lastLine(output)})` }
}
