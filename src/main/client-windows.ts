import { BrowserWindow, session } from 'electron'
import { z } from 'zod'
import { CLIENT_PAGES, type ClientPage } from '../contract/desktop.ts'
import { LabError } from '../server/errors.ts'
import type { Lab } from '../server/running-lab.ts'
import { type Fence, fenceContents, fenceSession } from './security.ts'

/** Arguments of `openClientWindow`, as the page sends them. */
export const ClientArguments = z.tuple([z.string().min(1).max(100), z.enum(CLIENT_PAGES)])

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

  /** Shows a page in this client's window. @throws LabError `not-found`, or `conflict` when the attacker's page is off */
  async open(clientId: string, page: ClientPage): Promise<void> {
    if (!this.#lab.clientTag(clientId)) throw new LabError('not-found', 'There is no such client.')
    const name = await this.#nameOf(clientId)
    const url = this.#urlOf(page)
    const present = this.#windows.get(clientId)
    if (present) {
      present.focus()
      if (new URL(present.webContents.getURL()).origin !== new URL(url).origin) await present.loadURL(url)
      return
    }
    const fence = this.#fence()
    const jar = session.fromPartition(`client:${clientId}`)
    if (!this.#fencedJars.has(clientId)) {
      this.#fencedJars.add(clientId)
      await fenceSession(jar, fence)
      this.#attribute(jar, clientId)
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
    await window.loadURL(url)
  }

  #urlOf(page: ClientPage): string {
    if (page === 'portal') return this.#lab.portalUrl
    const [origin] = this.#lab.attackerOrigins()
    if (origin === undefined) throw new LabError('conflict', "The attacker's page is off: switch it on first.")
    return origin
  }

  async #nameOf(clientId: string): Promise<string> {
    const answer = await fetch(`${this.#lab.apiUrl}/clients`, { headers: { authorization: `Bearer ${this.#lab.token}` } })
    return Names.parse(await answer.json()).find(({ id }) => id === clientId)?.name ?? clientId
  }

  /** Only the app under study and, while it is on, the attacker's page: these windows run their pages, and must not reach the control plane. */
  #fence(): Fence {
    const isAllowed = (url: URL): boolean => this.#isTarget(url) || this.#lab.attackerOrigins().includes(url.origin)
    return { isRequestAllowed: isAllowed, isPageAllowed: isAllowed, onBlocked: this.#onBlocked }
  }

  #isTarget({ origin }: URL): boolean {
    return [this.#lab.portalUrl, this.#lab.balancerUrl].some((url) => new URL(url).origin === origin)
  }

  #attribute(jar: Electron.Session, clientId: string): void {
    // A real browser does not name the shell around it.
    jar.setUserAgent(jar.getUserAgent().replace(/ (?:authlab|electron)\/\S+/gi, ''))
    jar.on('will-download', (event) => event.preventDefault())
    jar.webRequest.onBeforeSendHeaders((details, answer) => {
      const header = this.#lab.clientTag(clientId)
      // The tag is between the lab and the target: no other page gets to see it.
      const isTarget = URL.canParse(details.url) && this.#isTarget(new URL(details.url))
      const added = header && isTarget ? { [header.name]: header.tag } : {}
      answer({ requestHeaders: { ...details.requestHeaders, ...added } })
    })
  }
}
