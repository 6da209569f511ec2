import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** By then the browser has read the page or never will, milliseconds. */
const KEEP_PAGE_MS = 60_000

function command(file: string): [string, string[]] {
  if (process.platform === 'darwin') return ['open', [file]]
  // Not `start`: the shell of Windows would read the address.
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', file]]
  return ['xdg-open', [file]]
}

/** A page that goes on to the address, in a file for the owner alone; gone after a minute or with this process. */
function writePage(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-open-'))
  const file = join(folder, 'authlab.html')
  // An address as it is serialized has no quotes and no angle brackets.
  const { href } = new URL(url)
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${href}"><title>AuthLab</title>\n`
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' })
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  setTimeout(remove, KEEP_PAGE_MS).unref()
  process.once('exit', remove)
  return file
}

/**
 * Opens an address that holds a secret in the default browser; `onFailure` when there is none. By way of a file: any user of this machine can
 * read the arguments of a process.
 */
export function openBrowser(url: string, onFailure: () => void): void {
  let hasFailed = false
  const fail = (): void => {
    if (!hasFailed) onFailure()
    hasFailed = true
  }
  try {
    const [program, args] = command(writePage(url))
    const child = spawn(program, args, { stdio: 'ignore', detached: true })
    child.on('error', fail)
    child.on('exit', (code) => {
      if (code !== 0) fail()
    })
    child.unref()
  } catch {
    // No temporary folder to write to.
    fail()
  }
}
