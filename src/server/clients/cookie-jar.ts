import { Cookie, CookieJar as ToughJar } from 'tough-cookie'
import type { IgnoredCookie, JarCookie } from '../../contract/clients.ts'
import { MAX_NAME_VALUE_OCTETS } from '../../protocol/set-cookie.ts'
import type { Clock } from '../clock.ts'

/** RFC 6265bis §5.5: the limit of a cookie's life. */
const MAX_LIFE_MS = 400 * 24 * 3_600_000
/** RFC 6265bis §5.6: control characters other than tab make the whole line void. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the clause is about control characters
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const

/** A cookie with all that a jar needs to take it again. */
export interface KeptCookie extends JarCookie {
  /** It goes to this host alone, and to none below it (RFC 6265bis §5.7). */
  readonly isHostOnly: boolean
}

/** What to leave out of a request: for example the cookies of another mechanism. */
export type CookieFilter = (name: string) => boolean

/**
 * The cookies of one user agent by RFC 6265bis, in lab time.
 * tough-cookie counts `Max-Age` from the last use and by the real clock, so both limits become one absolute lab time when a cookie is set.
 * A cookie whose time has passed is not sent and not shown; it is forgotten when the next one is set, so that moving the lab clock back
 * right away brings it back, as it does the session behind it.
 */
export class CookieJar {
  readonly #clock: Clock
  readonly #jar = new ToughJar()
  readonly #url: string
  /** The last by name that was too large; until one of that name is taken. */
  readonly #ignored = new Map<string, IgnoredCookie>()

  /** @param origin the site this jar shows in full, for example `http://app.localhost:4700` */
  constructor(clock: Clock, origin: string) {
    this.#clock = clock
    this.#url = `${origin}/`
  }

  /** Takes the `Set-Cookie` lines of one answer; those a user agent must ignore are ignored. */
  async store(lines: string[], url: string): Promise<void> {
    for (const line of lines) {
      const cookie = CONTROL.test(line) ? undefined : Cookie.parse(line)
      if (!cookie) continue
      const octets = Buffer.byteLength(cookie.key) + Buffer.byteLength(cookie.value)
      if (octets > MAX_NAME_VALUE_OCTETS) {
        this.#ignored.set(cookie.key, { name: cookie.key, octets, at: this.#clock.nowMs() })
        continue
      }
      this.#ignored.delete(cookie.key)
      await this.#set(cookie, url)
    }
  }

  /** The `Cookie` header for a request, or null when nothing goes along. */
  async header(url: string, isSent: CookieFilter = () => true): Promise<string | null> {
    const cookies = (await this.#alive(url, false)).filter((cookie) => isSent(cookie.key))
    return cookies.length === 0 ? null : cookies.map((cookie) => cookie.cookieString()).join('; ')
  }

  /** What the jar holds for the site, longest path first. */
  async list(): Promise<JarCookie[]> {
    return (await this.#alive(this.#url, true)).map((cookie) => this.#view(cookie))
  }

  /** All that it holds, cookies whose time has passed too: the lab clock can be moved back. */
  async kept(): Promise<KeptCookie[]> {
    const { cookies } = await this.#jar.serialize()
    return cookies.flatMap((serialized) => {
      const cookie = Cookie.fromJSON(serialized)
      return cookie ? [{ ...this.#view(cookie), isHostOnly: cookie.hostOnly ?? true }] : []
    })
  }

  /** Holds these in the place of what it held. */
  async take(cookies: readonly KeptCookie[]): Promise<void> {
    await this.clear()
    for (const kept of cookies) {
      const cookie = new Cookie({
        key: kept.name,
        value: kept.value,
        domain: kept.domain,
        path: kept.path,
        hostOnly: kept.isHostOnly,
        pathIsDefault: false,
        expires: kept.expiresAt === null ? 'Infinity' : new Date(kept.expiresAt),
        httpOnly: kept.isHttpOnly,
        secure: kept.isSecure,
        creation: new Date(kept.createdAt),
        ...(kept.sameSite !== null && { sameSite: kept.sameSite.toLowerCase() }),
      })
      await this.#jar.store.putCookie(cookie)
    }
  }

  #view(cookie: Cookie): JarCookie {
    return {
      name: cookie.key,
      value: cookie.value,
      domain: cookie.domain ?? '',
      path: cookie.path ?? '/',
      expiresAt: cookie.expires instanceof Date ? cookie.expires.getTime() : null,
      isHttpOnly: cookie.httpOnly,
      isSecure: cookie.secure,
      sameSite: cookie.sameSite ? (SAME_SITE[cookie.sameSite as keyof typeof SAME_SITE] ?? null) : null,
      createdAt: cookie.creation instanceof Date ? cookie.creation.getTime() : this.#clock.nowMs(),
    }
  }

  /** Cookies that it was given and did not store, since name and value had more than 4096 octets (RFC 6265bis §5.6). */
  ignored(): IgnoredCookie[] {
    return [...this.#ignored.values()]
  }

  /** Drops one cookie as a page's own code would drop what it kept; returns its value, or null when there was none. */
  async drop(name: string): Promise<string | null> {
    const cookie = (await this.#alive(this.#url, true)).find((candidate) => candidate.key === name)
    if (!cookie) return null
    await this.#jar.store.removeCookie(cookie.domain, cookie.path, cookie.key)
    return cookie.value
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await this.#jar.removeAllCookies()
    this.#ignored.clear()
  }

  async #set(cookie: Cookie, url: string): Promise<void> {
    const now = this.#clock.nowMs()
    cookie.expires = expiry(cookie, now)
    cookie.maxAge = null
    await this.#forgetExpired(url, now)
    await this.#jar.setCookie(cookie, url, { ignoreError: true, now: new Date(now) })
  }

  /** RFC 6265bis §5.7: an expired cookie gives its creation time to no successor. */
  async #forgetExpired(url: string, now: number): Promise<void> {
    for (const cookie of await this.#jar.getCookies(url, { expire: false, allPaths: true })) {
      if (isExpired(cookie, now)) await this.#jar.store.removeCookie(cookie.domain, cookie.path, cookie.key)
    }
  }

  async #alive(url: string, allPaths: boolean): Promise<Cookie[]> {
    const now = this.#clock.nowMs()
    const cookies = await this.#jar.getCookies(url, { expire: false, allPaths, sort: true })
    return cookies.filter((cookie) => !isExpired(cookie, now))
  }
}

const isExpired = (cookie: Cookie, now: number): boolean => cookie.expires instanceof Date && cookie.expires.getTime() <= now

/** RFC 6265bis §5.7: `Max-Age` beats `Expires`; neither means the cookie lives until the user agent closes. */
function expiry(cookie: Cookie, now: number): Date | 'Infinity' {
  if (cookie.maxAge === null) {
    return cookie.expires instanceof Date ? new Date(Math.min(cookie.expires.getTime(), now + MAX_LIFE_MS)) : 'Infinity'
  }
  const seconds = typeof cookie.maxAge === 'number' ? cookie.maxAge : cookie.maxAge === 'Infinity' ? Number.POSITIVE_INFINITY : 0
  return new Date(seconds <= 0 ? 0 : now + Math.min(seconds * 1000, MAX_LIFE_MS))
}
