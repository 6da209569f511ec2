import type { TargetKeys } from '../target-keys.ts'
import { newSecret } from './upstream.ts'

/** Which keys one node is to work by: the cluster's, unless something is wrong with it on purpose. */
export class NodeKeys {
  #cluster: TargetKeys
  /** Those it stays at while it is frozen; null when it follows the cluster. */
  #frozen: TargetKeys | null = null
  /** Known to no other node; null when it uses the cluster's. */
  #ownCookieSecret: string | null = null
  #current: TargetKeys

  constructor(cluster: TargetKeys) {
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

  get hasOwnCookieSecret(): boolean {
    return this.#ownCookieSecret !== null
  }

  /** What the cluster works by now; a frozen node hears of it when it thaws. */
  follow(cluster: TargetKeys): void {
    if (cluster === this.#cluster) return
    this.#cluster = cluster
    if (!this.#frozen) this.#choose()
  }

  freeze(isFrozen: boolean): void {
    if (isFrozen === this.isFrozen) return
    this.#frozen = isFrozen ? this.#cluster : null
    if (!isFrozen) this.#choose()
  }

  setOwnCookieSecret(isOwn: boolean): void {
    if (isOwn === this.hasOwnCookieSecret) return
    this.#ownCookieSecret = isOwn ? newSecret() : null
    this.#choose()
  }

  #choose(): void {
    const keys = this.#frozen ?? this.#cluster
    this.#current = this.#ownCookieSecret === null ? keys : { ...keys, cookieSecrets: [this.#ownCookieSecret] }
  }
}
