import { spawn } from 'node:child_process'

function command(url: string): [string, string[]] {
  if (process.platform === 'darwin') return ['open', [url]]
  // Not `start`: the shell of Windows would read the address.
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}

/** Opens the default browser; `onFailure` when there is none. */
export function openBrowser(url: string, onFailure: () => void): void {
  const [file, args] = command(url)
  const child = spawn(file, args, { stdio: 'ignore', detached: true })
  let hasFailed = false
  const fail = (): void => {
    if (!hasFailed) onFailure()
    hasFailed = true
  }
  child.on('error', fail)
  child.on('exit', (code) => {
    if (code !== 0) fail()
  })
  child.unref()
}
