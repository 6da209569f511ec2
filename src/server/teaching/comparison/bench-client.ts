import { randomBytes } from 'node:crypto'
import { sign } from 'cookie-signature'
import type { Client } from '../../../contract/clients.ts'
import { COMPARED, type Compared } from '../../../contract/comparison.ts'
import type { ExchangeSummary, HeaderPairs } from '../../../contract/exchanges.ts'
import type { LessonLab } from '../../../contract/lessons/lesson.ts'
import type { Mechanism } from '../../../contract/mechanism.ts'
import { decodeCookieValue } from '../../../protocol/cookie.ts'
import { decodeCompactJwt } from '../../../protocol/jwt.ts'
import { isAccessCookie, isRefreshCookie } from '../../../protocol/token-cookies.ts'
import { LabError } from '../../errors.ts'
import type { ApartStage } from '../lesson-stage.ts'

/** Whose login is measured: no admin, so that a forged role shows. */
const ACCOUNT = 'bob'
/** Sends what was forged. */
const FORGER = 'forger'
/** Of a session id, as the target makes it. */
const SID_BYTES = 24
const SESSION_COOKIE = 'sid'

/** How many requests are under way at once where only their verdicts count. */
const AT_ONCE = 6

/** What carries the credential of one of {@link COMPARED}. */
export const mechanismOf = (compared: Compared): Mechanism => (compared === 'jwt-denylist' ? 'jwt-bearer' : compared)

const client = (id: string, account: string, mechanism: Mechanism, isAttacker: boolean) => {
  return { id, name: id, account, device: 'Bench', mechanism, isAttacker }
}

/** One client for each of {@link COMPARED}, and the one that forges. */
export const benchClients = (): LessonLab['clients'] => [
  ...COMPARED.map((id) => client(id, ACCOUNT, mechanismOf(id), false)),
  client(FORGER, 'mallory', 'jwt-bearer', true),
]

/** What a client holds that makes the server know it. */
export interface Held {
  /** Name of the cookie; null when the token goes in the field Authorization. */
  readonly cookie: string | null
  /** As it is in the cookie, or the token. */
  readonly value: string
  readonly refreshBytes: number
}

function heldOf({ cookies, vault, mechanism }: Client): Held {
  if (mechanism === 'jwt-bearer') {
    const access = vault.findLast(({ kind }) => kind === 'access')
    const refresh = vault.findLast(({ kind }) => kind === 'refresh')
    if (access) return { cookie: null, value: access.token, refreshBytes: refresh?.token.length ?? 0 }
  } else {
    const isMeant = (name: string): boolean => (mechanism === 'session' ? name === SESSION_COOKIE : isAccessCookie(name))
    const access = cookies.find(({ name }) => isMeant(name))
    const refresh = mechanism === 'session' ? undefined : cookies.find(({ name }) => isRefreshCookie(name))
    const refreshBytes = refresh ? `${refresh.name}=${refresh.value}`.length : 0
    if (access) return { cookie: access.name, value: access.value, refreshBytes }
  }
  throw new LabError('conflict', 'A login of the comparison was refused.')
}

function readToken({ value }: Held) {
  const decoded = decodeCompactJwt(decodeCookieValue(value))
  if (!decoded.isWellFormed) throw new LabError('conflict', 'The token of the comparison cannot be read.')
  return decoded
}

/** The field that carries a credential. */
const headerOf = ({ cookie }: Pick<Held, 'cookie'>, value: string): HeaderPairs[number] =>
  cookie === null ? ['Authorization', `Bearer ${value}`] : ['Cookie', `${cookie}=${value}`]

/** The clients of the lab that is measured on. All of what they do is real requests through its balancer. */
export class BenchClients {
  readonly #stage: ApartStage
  /** How many exchanges were sent. */
  sent = 0

  constructor(stage: ApartStage) {
    this.#stage = stage
  }

  async login(id: Compared): Promise<ExchangeSummary> {
    return this.#only(await this.#stage.operations.clients.login({ id }))
  }

  async logout(id: Compared): Promise<ExchangeSummary> {
    return this.#only(await this.#stage.operations.clients.logout({ id }))
  }

  /** One request with what the client holds, or held before its logout. */
  async call(id: Compared, credential: 'current' | 'discarded' = 'current'): Promise<ExchangeSummary> {
    return this.#only(await this.#stage.operations.clients.request({ id, method: 'GET', path: '/me', credential }))
  }

  /** Many requests; only what became of them counts, so that several are under way at once. */
  async calls(id: Compared, times: number): Promise<ExchangeSummary[]> {
    return this.#many(times, () => this.call(id))
  }

  async held(id: Compared): Promise<Held> {
    const found = (await this.#stage.operations.clients.list()).find((candidate) => candidate.id === id)
    if (!found) throw new LabError('conflict', `The comparison has no client ${id}.`)
    return heldOf(found)
  }

  /** Octets of the header that carries it: name and value (RFC 9110 §5). */
  headerBytes(held: Held): number {
    const [name, value] = headerOf(held, held.value)
    return name.length + value.length
  }

  /** A copy of a credential, sent by somebody else. */
  async sendCopy(held: Held, value = held.value, path = '/me'): Promise<ExchangeSummary> {
    const order = { id: FORGER, method: 'GET', path, headers: [headerOf(held, value)], credential: 'none' as const }
    return this.#only(await this.#stage.operations.clients.request(order))
  }

  /** Session cookies with ids made up like the server's, each signed with its own secret. */
  forgeSessions(times: number): string[] {
    const [secret = ''] = this.#stage.lab.keys.target.cookieSecrets
    return Array.from({ length: times }, () => encodeURIComponent(`s:${sign(randomBytes(SID_BYTES).toString('base64url'), secret)}`))
  }

  /** Each of these in the place of what was held, by somebody else. */
  async sendAll(held: Held, values: readonly string[], path: string): Promise<ExchangeSummary[]> {
    const left = [...values]
    return this.#many(values.length, () => this.sendCopy(held, left.pop(), path))
  }

  /** The client's own token with another role, signed with the key that signs now. */
  async forgeAdmin(held: Held): Promise<string> {
    const { header, payload: own } = readToken(held)
    const payload = { ...own, jti: randomBytes(16).toString('hex'), role: 'admin' }
    return (await this.#stage.operations.tokenInspection.forge({ header, payload, kid: String(header['kid']) })).token
  }

  /** The key that signed a token. */
  kidOf(held: Held): unknown {
    return readToken(held).header['kid']
  }

  /** `exp` of a token, lab time, Unix milliseconds. */
  expiryOf(held: Held): number {
    return Number(readToken(held).payload['exp']) * 1000
  }

  async #many(times: number, send: () => Promise<ExchangeSummary>): Promise<ExchangeSummary[]> {
    const done: ExchangeSummary[] = []
    let left = times
    const work = async (): Promise<void> => {
      while (left > 0) {
        left--
        done.push(await send())
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return done.sort((one, other) => one.seq - other.seq)
  }

  async #only({ exchanges }: { exchanges: string[] }): Promise<ExchangeSummary> {
    const [id] = exchanges
    if (id === undefined) throw new LabError('conflict', 'A request of the comparison did not reach the balancer.')
    this.sent++
    return this.#stage.lab.recorder.whenComplete(id)
  }
}
