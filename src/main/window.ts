import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, session } from 'electron'
import type { Lab } from '../server/running-lab.ts'
import { readBounds, rememberBounds } from './bounds.ts'
import { askForReload } from './dialogs.ts'
import type { MenuStrings } from './menu-strings.ts'
import { type Fence, fenceContents, fenceSession } from './security.ts'

/** The workbench's address: the lab's own, or the development server's when `npm run dev` has one. */
export function pageUrl(lab: Lab): string {
  const devServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  if (!devServer) return lab.workbenchUrl
  return new URL(new URL(lab.workbenchUrl).hash, devServer).href
}

/** What the workbench may load: this lab, and the development server's sockets. */
export function workbenchFence(lab: Lab, onBlocked: () => void): Fence {
  const page = new URL(pageUrl(lab))
  const hosts = new Set([page.host, ...[lab.apiUrl, lab.balancerUrl, lab.portalUrl].map((url) => new URL(url).host)])
  return {
    isRequestAllowed: (url) => /^(?:http|ws):$/.test(url.protocol) && hosts.has(url.host),
    isPageAllowed: (url) => url.origin === page.origin,
    onBlocked,
  }
}

/** What a page of ours may do: nothing but what the bridge offers. */
export const pagePreferences = (): Electron.WebPreferences => ({
  preload: fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)),
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  spellcheck: false,
})

/** Opens the one window of the workbench; closing it quits. */
export async function openWindow(lab: Lab, fence: Fence, words: MenuStrings): Promise<BrowserWindow> {
  const file = join(app.getPath('userData'), 'window.json')
  const { isMaximized, ...bounds } = readBounds(file)
  await fenceSession(session.defaultSession, fence)
  const window = new BrowserWindow({
    ...bounds,
    show: false,
    title: 'AuthLab',
    backgroundColor: '#0C0E12',
    // A desktop entry would name the icon; started from its source, the lab has none. Elsewhere the executable brings it.
    ...(process.platform === 'linux' ? { icon: fileURLToPath(new URL('./icon.png', import.meta.url)) } : {}),
    webPreferences: pagePreferences(),
  })
  rememberBounds(window, file)
  if (isMaximized) window.maximize()
  fenceContents(window.webContents, fence)
  window.once('ready-to-show', () => window.show())
  window.on('closed', () => app.quit())
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void offerReload(window, lab, words)
  })
  await window.loadURL(pageUrl(lab))
  return window
}

async function offerReload(window: BrowserWindow, lab: Lab, words: MenuStrings): Promise<void> {
  if (!(await askForReload(window, words))) return app.quit()
  // The token in the address is gone from the page by now, and so is its sessionStorage.
  await window.loadURL(pageUrl(lab))
}
