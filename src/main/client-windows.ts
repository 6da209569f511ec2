import { BrowserWindow, session } from 'electron'
import { z } from 'zod'
import { LabError } from '../server/errors.ts'
import type { Lab } from '../server/running-lab.ts'
import { type Fence, fenceContents, fenceSession } from './security.ts'

/** Arguments of `openClientWindow`, as the page sends them. */
export const ClientArguments = z.tuple([z.string().min(1).max(100)])

const Names = z.array(z.object({ id: z.string(), name: z.string() }))

/** Real browser windows, one a client, each with its own cookie jar in memory; their traffic is attributed to that client. */
export class ClientWindows {
  readonly #lab: Lab
  readonly #onBlocked: () => void
  readonly #windows = new Map<string, BrowserWindow>()
  readonly #fencedJars = new Set<string>()

  constructor(lab: Lab, onBlocked: () => void) {
    this.#lab = lab
    this.#onBlocked = onBlocked
  }

  /** Shows the portal in this client's window. @throws LabError `not-found` */
  async open(clientId: string): Promise<void> {
    if (!this.#lab.clientTag(clientId)) throw new LabError('not-found', 'There is no such client.')
    const name = await this.#nameOf(clientId)
    const present = this.#windows.get(clientId)
    if (present) return present.focus()
    const fence = this.#fence()
    const jar = session.fromPartition(`client:${clientId}`)
    if (!this.#fencedJars.has(clientId)) {
      this.#fencedJars.add(clientId)
      await fenceSession(jar, fence)
      this.#attribute(jar, clientId, fence)
    }
    const window = new BrowserWindow({
      width: 980,
      height: 720,
      title: name,
      webPreferences: { session: jar, sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
    })
    this.#windows.set(clientId, window)
    window.on('closed', () => this.#windows.delete(clientId))
    window.on('page-title-updated', (event) => event.preventDefault())
    window.webContents.on('did-navigate', (_event, url) => window.setTitle(`${name} · ${url}`))
    fenceContents(window.webContents, fence)
    await window.loadURL(this.#lab.portalUrl)
  }

  async #nameOf(clientId: string): Promise<string> {
    const answer = await fetch(`${this.#lab.apiUrl}/clients`, { headers: { authorization: `Bearer ${this.#lab.token}` } })
    return Names.parse(await answer.json()).find(({ id }) => id === clientId)?.name ?? clientId
  }

  /** Only the app under study: these windows run its pages, and must not reach the control plane. */
  #fence(): Fence {
    const origins = new Set([this.#lab.portalUrl, this.#lab.balancerUrl].map((url) => new URL(url).origin))
    const isTarget = (url: URL): boolean => origins.has(url.origin)
    return { isRequestAllowed: isTarget, isPageAllowed: isTarget, onBlocked: this.#onBlocked }
  }

  #attribute(jar: Electron.Session, clientId: string, fence: Fence): void {
    // A real browser does not name the shell around it.
    jar.setUserAgent(jar.getUserAgent().replace(/ (?:authlab|electron)\/\S+/gi, ''))
    jar.on('will-download', (event) => event.preventDefault())
    jar.webRequest.onBeforeSendHeaders((details, answer) => {
      const header = this.#lab.clientTag(clientId)
      const isTarget = URL.canParse(details.url) && fence.isRequestAllowed(new URL(details.url))
      const added = header && isTarget ? { [header.name]: header.tag } : {}
      answer({ requestHeaders: { ...details.requestHeaders, ...added } })
    })
  }
}
