import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AttackerSite as SiteState } from '../../contract/attacker-site.ts'
import { parseHost } from '../../protocol/host.ts'
import { attackerPageUrl } from '../assets.ts'
import { type Listening, listen, stopListening } from '../control/listen.ts'

/** Another site than `app.localhost`, and another origin of the same site. */
const NAMES = { crossSite: 'evil.localhost', sibling: 'evil.app.localhost' } as const
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html'],
  '/attacker.js': ['attacker.js', 'text/javascript'],
  '/attacker.css': ['attacker.css', 'text/css'],
}
const OFF: SiteState = { url: null, siblingUrl: null }
/** Where the page finds the address of its victim. */
const PLACEHOLDER = '{{portal}}'

interface Page {
  readonly type: string
  readonly text: string
}

/**
 * The page that plays an attacker in lessons on cross-site requests. Threat model: it is a page like any other on the machine, and no more. It is
 * off unless asked for, listens on 127.0.0.1 under two names alone, hands out three fixed files read at its start, takes no input, sets no cookie,
 * and its policy lets it send to the portal and nowhere else: not to the control plane, not to another machine.
 */
export class AttackerSite {
  readonly #portal: string
  readonly #onChange: (state: SiteState) => void
  #listening: Listening | null = null
  #last: Promise<unknown> = Promise.resolve()

  /** @param portal origin of the portal, its victim */
  constructor(portal: string, onChange: (state: SiteState) => void) {
    this.#portal = portal
    this.#onChange = onChange
  }

  state(): SiteState {
    const port = this.#listening?.port
    return port === undefined ? OFF : { url: `http://${NAMES.crossSite}:${port}/`, siblingUrl: `http://${NAMES.sibling}:${port}/` }
  }

  /** Serves it, or no longer; answers when that is so. Whether it changed anything is in `hasChanged`. */
  set(isOn: boolean): Promise<SiteState & { hasChanged: boolean }> {
    const done = this.#last.then(async () => {
      const hasChanged = isOn !== (this.#listening !== null)
      if (hasChanged) await (isOn ? this.#start() : this.#stop())
      if (hasChanged) this.#onChange(this.state())
      return { ...this.state(), hasChanged }
    })
    this.#last = done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    await this.#last
    if (this.#listening) await this.#stop()
  }

  async #start(): Promise<void> {
    const pages = new Map(Object.entries(FILES).map(([path, [file, type]]) => [path, { type, text: this.#read(file) }]))
    this.#listening = await listen((request, response) => this.#answer(pages, request, response), 0)
  }

  async #stop(): Promise<void> {
    const listening = this.#listening
    this.#listening = null
    if (listening) await stopListening(listening)
  }

  #read(file: string): string {
    return readFileSync(new URL(file, attackerPageUrl()), 'utf8').replaceAll(PLACEHOLDER, this.#portal)
  }

  #answer(pages: ReadonlyMap<string, Page>, { headersDistinct, method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const [given = '', ...more] = headersDistinct['host'] ?? []
    const host = more.length === 0 ? parseHost(given) : null
    const isOwn = host?.port === this.#listening?.port && Object.values(NAMES).some((name) => host?.name === name)
    const page = pages.get(url)
    if (!isOwn) response.writeHead(421).end()
    else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    else if (!page) response.writeHead(404).end()
    else response.writeHead(200, { 'Content-Type': `${page.type}; charset=utf-8`, ...this.#headers() }).end(page.text)
  }

  #headers(): Record<string, string> {
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      'img-src data:',
      `connect-src ${this.#portal}`,
      `form-action ${this.#portal}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]
    return { 'Content-Security-Policy': policy.join('; '), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  }
}
