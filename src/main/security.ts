import { app, type Session, type WebContents } from 'electron'

/** Addresses that never leave the page or the tools on it. */
const LOCAL_SCHEMES = new Set(['devtools:', 'blob:', 'data:', 'about:'])

/** Which addresses a window may load from, and who hears of the ones it may not. */
export interface Fence {
  /** Whether a request may go out. */
  isRequestAllowed(url: URL): boolean
  /** Whether the window may show this address. */
  isPageAllowed(url: URL): boolean
  onBlocked(): void
}

/** Keeps Chromium's own services from calling anywhere; has to run before the app is ready. */
export function silenceChromium(): void {
  const { commandLine } = app
  commandLine.appendSwitch('disable-background-networking')
  commandLine.appendSwitch('disable-component-update')
  commandLine.appendSwitch('disable-domain-reliability')
  commandLine.appendSwitch('disable-sync')
  commandLine.appendSwitch('disable-quic')
  commandLine.appendSwitch('no-pings')
  commandLine.appendSwitch('no-proxy-server')
  commandLine.appendSwitch('dns-prefetch-disable')
  commandLine.appendSwitch(
    'host-resolver-rules',
    'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE [::1], EXCLUDE localhost, EXCLUDE *.localhost',
  )
  commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp')
}

const parse = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null)

/** Blocks every request of a session that its fence does not allow, and every permission. Has to run before the session's first page. */
export async function fenceSession(session: Session, fence: Fence): Promise<void> {
  session.webRequest.onBeforeRequest((details, answer) => {
    const url = parse(details.url)
    const isAllowed = url !== null && (LOCAL_SCHEMES.has(url.protocol) || fence.isRequestAllowed(url))
    if (!isAllowed) fence.onBlocked()
    answer({ cancel: !isAllowed })
  })
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  // Chromium fetches the dictionary of a language even for a checker that is off.
  session.setSpellCheckerLanguages([])
  await session.setProxy({ mode: 'direct' })
}

/** Keeps a window on the pages its fence allows: no foreign navigation, no redirect, no new window, no webview. */
export function fenceContents(contents: WebContents, fence: Fence): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    const url = parse(event.url)
    if (url !== null && fence.isPageAllowed(url)) return
    event.preventDefault()
    fence.onBlocked()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) stay(event)
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const target = parse(url)
    if (target === null || !fence.isRequestAllowed(target)) fence.onBlocked()
    return { action: 'deny' }
  })
}

/** Counts what was blocked since the start, and tells whoever listens. */
export class BlockedCount {
  #count = 0
  readonly #onChange: (count: number) => void

  constructor(onChange: (count: number) => void) {
    this.#onChange = onChange
  }

  /** How many since the start. */
  get count(): number {
    return this.#count
  }

  /** One more. */
  add(): void {
    this.#count += 1
    this.#onChange(this.#count)
  }
}
