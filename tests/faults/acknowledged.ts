import type { Ready } from '../../src/server/running-lab.ts'
import { type Answer, type Ask, send } from '../support/start-lab.ts'

type Account = 'alice' | 'bob' | 'mallory'

/** A recorded exchange as the control API listed it. */
interface Listed {
  readonly id: string
  readonly seq: number
  readonly path: string
  readonly status: number
  readonly verdict: string
}

/**
 * What the labs of one data folder have answered, and what must be so after each of them was killed. Whatever a request may change is taken
 * out before it is sent: without an answer it may be either.
 */
export class Acknowledged {
  /** Cookies of sessions that go on, and whose they are. */
  readonly live = new Map<string, Account>()
  /** Cookies of sessions whose end was answered. */
  readonly ended = new Set<string>()
  readonly exchanges = new Map<number, Listed>()
  /** Passwords that are certainly of no use any more. */
  readonly oldPasswords: string[] = []
  /** More than one when the last change was not answered. */
  passwords = ['mallory-pass']
  /** Changes answered since the lab started. */
  count = 0
  #changes = 0

  /** Visits the lab until it is gone. @param enough called on each answered change, with how many there were since the start */
  async visitUntilKilled(lab: Ready, enough: (count: number) => void): Promise<void> {
    this.count = 0
    const visit = new Visit(lab, this, () => enough(++this.count))
    await Promise.all([visit.logInAndOut(), visit.logOutEverywhere(), visit.changePassword()])
  }

  /** The cookies of every session of an account that goes on. */
  liveOf(account: Account): string[] {
    return [...this.live].flatMap(([cookie, owner]) => (owner === account ? [cookie] : []))
  }

  /** A password that no account had before. */
  nextPassword(): string {
    return `mallory-pass-${++this.#changes}`
  }
}

/** Requests to one run of a lab; null when it went away before the answer was whole. */
class Visit {
  readonly #lab: Ready
  readonly #known: Acknowledged
  readonly #answered: () => void

  constructor(lab: Ready, known: Acknowledged, answered: () => void) {
    this.#lab = lab
    this.#known = known
    this.#answered = answered
  }

  /** Two logins, one logout, and one session ended from another. */
  async logInAndOut(): Promise<void> {
    for (;;) {
      const first = await this.#logIn('alice', 'alice-pass')
      const second = first && (await this.#logIn('alice', 'alice-pass'))
      if (!first || !second) return
      if (!(await this.#end([first], '/session', first))) return
      const third = await this.#logIn('alice', 'alice-pass')
      const shown = third && (await this.#ask('GET', '/session', { headers: { cookie: second } }))
      if (!third || !shown) return
      if (!(await this.#end([second], `/sessions/${shown.json.session.id}`, third))) return
    }
  }

  async logOutEverywhere(): Promise<void> {
    for (let round = 1; ; round++) {
      const first = await this.#logIn('bob', 'bob-pass')
      const second = first && (await this.#logIn('bob', 'bob-pass'))
      if (!first || !second || !(await this.#readTraffic())) return
      if (round % 2 === 0 && !(await this.#end(this.#known.liveOf('bob'), '/sessions', second))) return
    }
  }

  async changePassword(): Promise<void> {
    const known = this.#known
    for (;;) {
      const [current = ''] = known.passwords
      const own = await this.#logIn('mallory', current)
      const other = own && (await this.#logIn('mallory', current))
      if (!own || !other) return
      const next = known.nextPassword()
      known.passwords = [current, next]
      const ending = known.liveOf('mallory')
      for (const cookie of ending) known.live.delete(cookie)
      const json = { currentPassword: current, newPassword: next }
      const answer = await this.#change('POST', '/password', { body: json, headers: { cookie: own } })
      if (!answer) return
      known.passwords = [next]
      known.oldPasswords.push(current)
      for (const cookie of ending) known.ended.add(cookie)
      known.live.set(cookieOf(answer), 'mallory')
      this.#answered()
    }
  }

  /** Exchanges that the control API lists whole are stored. */
  async #readTraffic(): Promise<boolean> {
    const { api, token } = this.#lab
    const after = Math.max(0, ...this.#known.exchanges.keys())
    const answer = await send(`${api}/exchanges?after=${after}`, { headers: { Authorization: `Bearer ${token}` } }).catch(() => null)
    for (const { id, seq, path, status, verdict } of (answer?.json ?? []) as Listed[])
      this.#known.exchanges.set(seq, { id, seq, path, status, verdict })
    return answer !== null
  }

  async #logIn(username: Account, password: string): Promise<string | null> {
    const answer = await this.#change('POST', '/session', { body: { username, password } })
    if (!answer) return null
    const cookie = cookieOf(answer)
    this.#known.live.set(cookie, username)
    this.#answered()
    return cookie
  }

  async #end(cookies: string[], path: string, by: string): Promise<boolean> {
    for (const cookie of cookies) this.#known.live.delete(cookie)
    const answer = await this.#change('DELETE', path, { headers: { cookie: by } })
    if (!answer) return false
    for (const cookie of cookies) this.#known.ended.add(cookie)
    this.#answered()
    return true
  }

  async #change(method: string, path: string, ask: Ask): Promise<Answer | null> {
    const answer = await this.#ask(method, path, ask)
    if (!answer || answer.status === 502 || answer.status === 503) return null
    if (answer.status !== 200 && answer.status !== 204) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  #ask(method: string, path: string, { body, headers = {} }: Ask): Promise<Answer | null> {
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' }
    return send(`${this.#lab.balancer}${path}`, { method, body, headers: { ...headers, ...type } }).catch(() => null)
  }
}

/** The session cookie that an answer sets, as a client sends it back. */
export function cookieOf(answer: Answer): string {
  const cookie = /^sid=[^;]+/.exec(answer.headers['set-cookie']?.find((field) => /^sid=[^;]/.test(field)) ?? '')?.[0]
  if (!cookie) throw new Error(`an answer ${answer.status} without a session cookie`)
  return cookie
}
