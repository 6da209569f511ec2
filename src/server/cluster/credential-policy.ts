import type { ClusterChange, ClusterState } from '../../contract/cluster.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Lifetimes } from '../../contract/lifetimes.ts'
import { LIFETIMES } from '../target-defaults.ts'

/** What nodes issue and judge credentials by. */
export type CredentialSettings = Pick<
  ClusterState,
  'leewaySeconds' | 'revocation' | 'recheckAccount' | 'lifetimes' | 'cookiePrefix' | 'extraClaims'
>

/** Of a fresh lab. */
const STARTING: CredentialSettings = {
  leewaySeconds: 0,
  revocation: 'none',
  recheckAccount: false,
  lifetimes: LIFETIMES,
  cookiePrefix: false,
  extraClaims: 0,
}

const LIFETIME_NAMES = Object.keys(LIFETIMES) as (keyof Lifetimes)[]

const changedLifetimes = (before: Lifetimes, wanted: ClusterChange['lifetimes'] = {}): Record<string, number> =>
  Object.fromEntries(
    LIFETIME_NAMES.flatMap((name) => (wanted[name] === undefined || wanted[name] === before[name] ? [] : [[name, wanted[name]]])),
  )

/** A line for the traffic. */
type Action = [action: OperatorAction['action'], params: OperatorAction['params']]

/** What outlives a restart. */
export interface KeptPolicy {
  /** Null when no token of an earlier run can be out. */
  longestTokenSeconds(): number | null
  keepLongestToken(seconds: number): void
}

/** What the operator decided about credentials, from the start of the lab or its reset on. */
export class CredentialPolicy {
  readonly #kept: KeptPolicy
  #current = STARTING
  #longestTokenSeconds: number

  /** @param kept what an earlier run has issued tokens for */
  constructor(kept: KeptPolicy = { longestTokenSeconds: () => null, keepLongestToken: () => undefined }) {
    this.#kept = kept
    this.#longestTokenSeconds = Math.max(STARTING.lifetimes.accessToken, kept.longestTokenSeconds() ?? 0)
  }

  get current(): CredentialSettings {
    return this.#current
  }

  /** The longest that any access token which is out can have been given to live, seconds: what ends one early must be remembered as long. */
  get longestTokenSeconds(): number {
    return this.#longestTokenSeconds
  }

  /** What nodes are to be given. */
  get settings(): CredentialSettings & { longestTokenSeconds: number } {
    return { ...this.#current, longestTokenSeconds: this.#longestTokenSeconds }
  }

  /** Takes the change over and answers what it changed; nothing when all was so before. */
  change(change: ClusterChange): Action[] {
    const before = this.#current
    const { leewaySeconds = before.leewaySeconds, revocation = before.revocation, recheckAccount = before.recheckAccount } = change
    const { cookiePrefix = before.cookiePrefix, extraClaims = before.extraClaims } = change
    const changed = changedLifetimes(before.lifetimes, change.lifetimes)
    const lifetimes = { ...before.lifetimes, ...changed }
    this.#current = { leewaySeconds, revocation, recheckAccount, lifetimes, cookiePrefix, extraClaims }
    this.#setLongest(Math.max(this.#longestTokenSeconds, lifetimes.accessToken))
    const actions: Action[] = []
    if (leewaySeconds !== before.leewaySeconds) actions.push(['leeway-changed', { seconds: leewaySeconds }])
    if (revocation !== before.revocation) actions.push(['revocation-changed', { revocation, from: before.revocation }])
    if (recheckAccount !== before.recheckAccount) actions.push([recheckAccount ? 'recheck-on' : 'recheck-off', {}])
    if (cookiePrefix !== before.cookiePrefix) actions.push([cookiePrefix ? 'cookie-prefix-on' : 'cookie-prefix-off', {}])
    if (extraClaims !== before.extraClaims) actions.push(['extra-claims-changed', { groups: extraClaims }])
    if (Object.keys(changed).length > 0) actions.push(['lifetimes-changed', changed])
    return actions
  }

  /** As a lab had decided that was kept. */
  resume(settings: CredentialSettings, longestTokenSeconds: number): void {
    this.#current = settings
    this.#longestTokenSeconds = longestTokenSeconds
  }

  /** Back to how a lab starts; its keys are new then, so that no token is left. */
  reset(): void {
    this.#current = STARTING
    this.#setLongest(STARTING.lifetimes.accessToken)
  }

  /** Written down before a node works by it: a token must not outlive, over a restart, what ended it. */
  #setLongest(seconds: number): void {
    if (seconds !== this.#longestTokenSeconds) this.#kept.keepLongestToken(seconds)
    this.#longestTokenSeconds = seconds
  }
}
