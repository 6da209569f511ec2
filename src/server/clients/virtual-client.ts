import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Client, VaultToken } from '../../contract/clients.ts'
import type { Mechanism } from '../../contract/mechanism.ts'
import { decodeCookieValue } from '../../protocol/cookie.ts'
import { decodeCompactJwt } from '../../protocol/jwt.ts'
import { isAccessCookie, isRefreshCookie, PLAIN_TOKEN_COOKIES } from '../../protocol/token-cookies.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import { CookieJar, type KeptCookie } from './cookie-jar.ts'
import { type HeaderPair, layOver, without } from './request-headers.ts'
import { type Answer, UserAgent } from './user-agent.ts'

const SESSION_COOKIE = 'sid'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const TokenAnswer = z.object({ access_token: z.string(), refresh_token: z.string().optional() })
const FORM = 'application/x-www-form-urlencoded'

/**
 * What each mechanism sends. Jar and vault survive a change of mechanism, so that both can be looked at; only what the mechanism in force
 * uses goes along: every cookie but the tokens', every cookie but the session's, or none of them and the access token of the vault.
 */
const isHeldBack = (mechanism: Mechanism, name: string): boolean =>
  name === SESSION_COOKIE ? mechanism !== 'session' : mechanism !== 'jwt-cookie' && isTokenCookie(name)
const isTokenCookie = (name: string): boolean => isAccessCookie(name) || isRefreshCookie(name)

/** What a client is told to send. */
export interface RequestOrder {
  readonly method: string
  readonly path: string
  readonly headers?: HeaderPair[] | undefined
  readonly body?: string | Buffer | undefined
  readonly credential: 'current' | 'discarded' | 'none'
}

/** The unchanging part of a client. */
export interface ClientIdentity {
  readonly id: string
  readonly name: string
  readonly account: string
  readonly device: string
  readonly mechanism: Mechanism
  readonly isAttacker: boolean
}

/** A client with what it holds: its cookies and tokens, live or not. */
export interface HeldByClient extends ClientIdentity {
  readonly cookies: readonly KeptCookie[]
  readonly vault: readonly VaultToken[]
  readonly discarded: readonly VaultToken[]
  /** Name under which the last access token came in a cookie. */
  readonly accessCookie: string
}

/** One user agent: its own cookie jar, token vault and connections. Everything it does is real HTTP to the balancer. */
export class VirtualClient {
  /** Secret that marks this client's requests for the balancer. */
  readonly tag = randomBytes(16).toString('hex')
  name: string
  account: string
  mechanism: Mechanism
  readonly id: string
  readonly device: string
  readonly isAttacker: boolean
  readonly #clock: Clock
  readonly #origin: string
  readonly #agent: UserAgent
  readonly #jar: CookieJar
  #vault: VaultToken[] = []
  #discarded: VaultToken[] = []
  /** Name under which the last access token came in a cookie. */
  #accessCookie: string = PLAIN_TOKEN_COOKIES.access

  /** @param site `origin` of the portal; `version` for the User-Agent */
  constructor(identity: ClientIdentity, clock: Clock, origin: string) {
    this.id = identity.id
    this.name = identity.name
    this.account = identity.account
    this.device = identity.device
    this.mechanism = identity.mechanism
    this.isAttacker = identity.isAttacker
    this.#clock = clock
    this.#origin = origin
    this.#agent = new UserAgent(origin)
    this.#jar = new CookieJar(clock, origin)
  }

  /** As the contract shows it. */
  async view(): Promise<Client> {
    const { id, name, account, device, mechanism, isAttacker } = this
    const cookies = await this.#jar.list()
    const sid = cookies.find((cookie) => cookie.name === SESSION_COOKIE)
    const shared = { id, name, account, device, mechanism, isAttacker, cookies, ignoredCookies: this.#jar.ignored() }
    return { ...shared, vault: [...this.#vault], discarded: [...this.#discarded], sessionId: sid ? sessionIdOf(sid.value) : null }
  }

  /** With what it holds, to be held again. */
  async held(): Promise<HeldByClient> {
    const { id, name, account, device, mechanism, isAttacker } = this
    const cookies = await this.#jar.kept()
    const tokens = { vault: [...this.#vault], discarded: [...this.#discarded], accessCookie: this.#accessCookie }
    return { id, name, account, device, mechanism, isAttacker, cookies, ...tokens }
  }

  /** Holds this in the place of what it held. */
  async hold({ cookies, vault, discarded, accessCookie }: Omit<HeldByClient, keyof ClientIdentity>): Promise<void> {
    await this.#jar.take(cookies)
    this.#vault = [...vault]
    this.#discarded = [...discarded]
    this.#accessCookie = accessCookie
  }

  /** Logs in by the mechanism in force; the credential earned goes to the jar or the vault. */
  async login(username: string, password: string): Promise<Answer> {
    if (this.mechanism === 'session') {
      return this.#sendOwn('POST', '/session', { type: 'application/json', body: JSON.stringify({ username, password }) })
    }
    const form = new URLSearchParams({ grant_type: 'password', username, password })
    if (this.mechanism === 'jwt-cookie') form.set('transport', 'cookie')
    const answer = await this.#sendOwn('POST', '/token', { type: FORM, body: form.toString() })
    if (this.mechanism === 'jwt-bearer' && answer.status === 200) this.#keep(answer.body)
    return answer
  }

  /**
   * Gives its refresh token for new tokens: `times` times at once, as tabs of one browser that know nothing of each other do.
   * @throws LabError `conflict` when it has none
   */
  async refresh(times: number): Promise<Answer[]> {
    const order = await this.#refreshOrder()
    // Made once: all carry the same token, whatever the first answer brings.
    const headers = await this.#headersOf(order)
    const one = async (): Promise<Answer> => {
      const answer = await this.#send(order, headers)
      if (this.mechanism === 'jwt-bearer' && answer.status === 200) this.#keep(answer.body)
      return answer
    }
    return Promise.all(Array.from({ length: times }, one))
  }

  /** Asks the server to end the session. */
  logoutSession(): Promise<Answer> {
    return this.#sendOwn('DELETE', '/session')
  }

  /**
   * Has its refresh token revoked, and throws its own copies of the tokens away. The access token stays good until it expires.
   * @returns the answer, null when it held no refresh token; and the access token, null when it held none
   */
  async logoutTokens(): Promise<{ answer: Answer | null; access: VaultToken | null }> {
    // Looked at before the answer clears the cookies.
    const held = this.mechanism === 'jwt-bearer' ? [...this.#vault] : await this.#tokensInJar()
    const refresh = newestOf(held, 'refresh')
    const answer = refresh ? await this.#revoke(refresh) : null
    if (this.mechanism === 'jwt-bearer') this.#vault = []
    else for (const { name } of await this.#jar.list()) if (isTokenCookie(name)) await this.#jar.drop(name)
    this.#discarded.push(...held)
    return { answer, access: newestOf(held, 'access') ?? null }
  }

  /** Sends one request as this client. @throws LabError `conflict` when it has discarded no token */
  async request(order: RequestOrder): Promise<Answer> {
    return this.#send(order, await this.#headersOf(order))
  }

  /** Sends a recorded message in this client's name, with the credential that it carried. Its answer changes no jar: a message is not a visit. */
  replay(order: Omit<RequestOrder, 'credential'>): Promise<Answer> {
    const own: HeaderPair[] = [['User-Agent', userAgentOf(this)]]
    const headers = layOver(own, without(order.headers ?? [], 'user-agent'))
    return this.#agent.send({ ...order, headers: [...headers, ['X-AuthLab-Client', this.tag]] })
  }

  close(): Promise<void> {
    return this.#agent.close()
  }

  async #refreshOrder(): Promise<RequestOrder> {
    if (this.mechanism === 'session') throw new LabError('conflict', 'A session has no refresh token: it rolls on each request.')
    if (this.mechanism === 'jwt-cookie') {
      if (!(await this.#jar.list()).some(({ name }) => isRefreshCookie(name))) throw this.#nothingToRefresh()
      const body = JSON.stringify({ grant_type: 'refresh_token', transport: 'cookie' })
      return { method: 'POST', path: '/token', headers: [['Content-Type', 'application/json']], body, credential: 'current' }
    }
    const held = newestOf(this.#vault, 'refresh')
    if (!held) throw this.#nothingToRefresh()
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: held.token }).toString()
    // Its access token has no part in this, and has often expired.
    return { method: 'POST', path: '/token', headers: [['Content-Type', FORM]], body, credential: 'none' }
  }

  async #headersOf(order: RequestOrder): Promise<HeaderPair[]> {
    const own = [...this.#ownHeaders(order.method), ...contentType(order.body), ...(await this.#credential(order))]
    return layOver(own, order.headers ?? [])
  }

  async #sendOwn(method: string, path: string, content?: { type: string; body: string }): Promise<Answer> {
    const headers: HeaderPair[] = content ? [['Content-Type', content.type]] : []
    return this.request({ method, path, headers, body: content?.body, credential: 'current' })
  }

  async #send(order: RequestOrder, headers: HeaderPair[]): Promise<Answer> {
    const { method, path, body } = order
    const answer = await this.#agent.send({ method, path, body, headers: [...headers, ['X-AuthLab-Client', this.tag]] })
    if (answer.clearsCookies) await this.#jar.clear()
    await this.#jar.store(answer.setCookies, this.#url(path))
    this.#accessCookie = (await this.#jar.list()).find(({ name }) => isAccessCookie(name))?.name ?? this.#accessCookie
    return answer
  }

  #url(path: string): string {
    return `${this.#origin}${path}`
  }

  #ownHeaders(method: string): HeaderPair[] {
    const headers: HeaderPair[] = [
      ['User-Agent', userAgentOf(this)],
      ['Accept', 'application/json'],
    ]
    // What a browser adds for its own site's page (Fetch, "`Origin` header"; Fetch Metadata §2.3).
    if (!SAFE_METHODS.has(method.toUpperCase())) headers.push(['Origin', this.#origin])
    headers.push(['Sec-Fetch-Site', 'same-origin'])
    return headers
  }

  async #credential({ path, credential }: RequestOrder): Promise<HeaderPair[]> {
    if (credential === 'none') return []
    const discarded = credential === 'discarded' ? this.#lastDiscarded() : null
    const isSent = (name: string): boolean => !isHeldBack(this.mechanism, name) && !(discarded && isAccessCookie(name))
    let cookies = await this.#jar.header(this.#url(path), isSent)
    if (this.mechanism === 'jwt-cookie' && discarded) {
      const pair = `${this.#accessCookie}=${discarded.token}`
      cookies = cookies === null ? pair : `${cookies}; ${pair}`
    }
    const headers: HeaderPair[] = cookies === null ? [] : [['Cookie', cookies]]
    const bearer = this.mechanism === 'jwt-bearer' ? (discarded ?? newestOf(this.#vault, 'access')) : undefined
    return bearer ? [...headers, ['Authorization', `Bearer ${bearer.token}`]] : headers
  }

  async #tokensInJar(): Promise<VaultToken[]> {
    const now = this.#clock.nowMs()
    return (await this.#jar.list()).flatMap(({ name, value }) => {
      if (isAccessCookie(name)) return accessToken(decodeCookieValue(value), now)
      return isRefreshCookie(name) ? refreshToken(decodeCookieValue(value), now) : []
    })
  }

  /** RFC 7009 §2.1. */
  #revoke({ token }: VaultToken): Promise<Answer> {
    if (this.mechanism === 'jwt-cookie') {
      return this.#sendOwn('POST', '/token/revoke', { type: 'application/json', body: JSON.stringify({ transport: 'cookie' }) })
    }
    const body = new URLSearchParams({ token, token_type_hint: 'refresh_token' }).toString()
    return this.request({ method: 'POST', path: '/token/revoke', headers: [['Content-Type', FORM]], body, credential: 'none' })
  }

  #nothingToRefresh(): LabError {
    return new LabError('conflict', `${this.name} has no refresh token: log in first.`)
  }

  #lastDiscarded(): VaultToken {
    const token = this.mechanism === 'session' ? undefined : newestOf(this.#discarded, 'access')
    if (!token) throw new LabError('conflict', `${this.name} has discarded no token that its mechanism could send.`)
    return token
  }

  #keep(body: string): void {
    const { data } = TokenAnswer.safeParse(parseJson(body))
    if (!data) return
    const now = this.#clock.nowMs()
    this.#vault = [accessToken(data.access_token, now)]
    if (data.refresh_token !== undefined) this.#vault.push(refreshToken(data.refresh_token, now))
  }
}

/** Names the device in ASCII, as far as the names allow. */
function userAgentOf({ name, device, id }: { name: string; device: string; id: string }): string {
  const ascii = `${name.split('·')[0]} ${device}`.replaceAll(/[^\x20-\x7e]|[()\\]/g, '').trim()
  return `AuthLab-Client/1 (${ascii || id})`
}

const contentType = (body: RequestOrder['body']): HeaderPair[] => (body === undefined ? [] : [['Content-Type', 'application/json']])

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const newestOf = (tokens: readonly VaultToken[], kind: VaultToken['kind']): VaultToken | undefined =>
  tokens.findLast((token) => token.kind === kind)

/** It is opaque: the client cannot read when it ends (RFC 6749 §1.5). */
const refreshToken = (token: string, receivedAt: number): VaultToken => ({ kind: 'refresh', token, receivedAt, expiresAt: null })

function accessToken(token: string, receivedAt: number): VaultToken {
  const decoded = decodeCompactJwt(token)
  const exp = decoded.isWellFormed ? decoded.payload['exp'] : null
  return { kind: 'access', token, receivedAt, expiresAt: typeof exp === 'number' ? exp * 1000 : null }
}

/** `id` of the session row behind a `sid` cookie (`s:<raw id>.<signature>`), or null when the value is none of express-session's. */
function sessionIdOf(cookieValue: string): string | null {
  const raw = /^s:(.+)\.[^.]+$/.exec(decodeCookieValue(cookieValue))?.[1]
  return raw === undefined ? null : createHash('sha256').update(raw).digest('hex')
}
