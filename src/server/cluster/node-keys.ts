import type { Clock } from '../clock.ts'
import type { TargetKeys } from '../target-keys.ts'
import { newSecret } from './upstream.ts'

/** An age is announced when it has grown by this much, seconds. */
const AGE_STEP_SECONDS = 5

/** What of the age of a node's keys is worth announcing. */
export const ageNews = (seconds: number | null): number | null => seconds && Math.floor(seconds / AGE_STEP_SECONDS)

/** What is wrong with the keys of one node on purpose. */
export interface NodeKeysCondition {
  /** Those it stays at, and since when on the lab clock, while it is frozen. */
  readonly frozen: { readonly keys: TargetKeys; readonly sinceMs: number } | null
  /** Known to no other node; null when it uses the cluster's. */
  readonly ownCookieSecret: string | null
}

/** Which keys one node is to work by: the cluster's, unless something is wrong with it on purpose. */
export class NodeKeys {
  readonly #clock: Clock
  #cluster: TargetKeys
  /** Those it stays at while it is frozen; null when it follows the cluster. */
  #frozen: NodeKeysCondition['frozen'] = null
  /** Known to no other node; null when it uses the cluster's. */
  #ownCookieSecret: string | null = null
  #current: TargetKeys

  constructor(cluster: TargetKeys, clock: Clock) {
    this.#clock = clock
    this.#cluster = cluster
    this.#current = cluster
  }

  /** The same object as long as nothing changes. */
  get current(): TargetKeys {
    return this.#current
  }

  get isFrozen(): boolean {
    return this.#frozen !== null
  }

  /** How old the set is on the lab clock: 0 while it follows the cluster, which tells it of every change. */
  get ageSeconds(): number {
    return this.#frozen ? Math.max(0, Math.floor((this.#clock.nowMs() - this.#frozen.sinceMs) / 1000)) : 0
  }

  get hasOwnCookieSecret(): boolean {
    return this.#ownCookieSecret !== null
  }

  get condition(): NodeKeysCondition {
    return { frozen: this.#frozen, ownCookieSecret: this.#ownCookieSecret }
  }

  /** Goes on as a node did that was in this condition. */
  resume({ frozen, ownCookieSecret }: NodeKeysCondition): void {
    this.#frozen = frozen
    this.#ownCookieSecret = ownCookieSecret
    this.#choose()
  }

  /** What the cluster works by now; a frozen node hears of it when it thaws. */
  follow(cluster: TargetKeys): void {
    if (cluster === this.#cluster) return
    this.#cluster = cluster
    if (!this.#frozen) this.#choose()
  }

  freeze(isFrozen: boolean): void {
    if (isFrozen === this.isFrozen) return
    this.#frozen = isFrozen ? { keys: this.#cluster, sinceMs: this.#clock.nowMs() } : null
    if (!isFrozen) this.#choose()
  }

  setOwnCookieSecret(isOwn: boolean): void {
    if (isOwn === this.hasOwnCookieSecret) return
    this.#ownCookieSecret = isOwn ? newSecret() : null
    this.#choose()
  }

  #choose(): void {
    const keys = this.#frozen?.keys ?? this.#cluster
    this.#current = this.#ownCookieSecret === null ? keys : { ...keys, cookieSecrets: [this.#ownCookieSecret] }
  }
}
