import type { RevocationWay } from '../../contract/revocation.ts'
import type { Clock } from '../clock.ts'
import type { FamilyDirectory } from './refresh-store.ts'
import type { AccountMark, DeniedToken, RevocationCounts, RevocationFilter, RevocationRecords } from './revocation-records.ts'

/** One access token, as its claims name it. `expiresAt` in lab time, Unix milliseconds. */
export interface TokenToRevoke {
  readonly jti: string
  /** Of its refresh family; null when it names none. */
  readonly sid: string | null
  readonly account: string
  readonly expiresAt: number
}

/** What a revocation wrote. Everything can be cloned into another thread. */
export interface Revoked {
  /** The way in force; under `none` and `introspection` the entry is kept although nodes look nothing up. */
  readonly way: RevocationWay
  readonly scope: 'token' | 'device' | 'account'
  readonly account: string
  /** Rows of the denylist; empty where the way keeps a mark of the account. */
  readonly entries: readonly DeniedToken[]
  /** Null where the way keeps rows. */
  readonly mark: AccountMark | null
  /** More was ended than was asked for: all access tokens of the account. */
  readonly isCollateral: boolean
  /** Lab time at which the last token that this was about ends by itself, Unix milliseconds. */
  readonly endsAt: number
}

/**
 * What ended early, for those who end something: one token, one device (a refresh family) or all of an account, by the way in force. Arguments
 * and answers can be cloned into another thread.
 * @throws LabError `store-unavailable` or SqliteError, from every method
 */
export interface RevocationDirectory {
  revokeToken(token: TokenToRevoke): Promise<Revoked>
  /** @param sid of the tokens: the first 32 digits of the family's id */
  revokeDevice(sid: string, account: string): Promise<Revoked>
  /** @param families ids of those that were ended along with it; families that ended shortly before are found here */
  revokeAccount(account: string, families: readonly string[]): Promise<Revoked>
  /** The denylist, the newest first. */
  listDenied(filter: RevocationFilter): Promise<DeniedToken[]>
  /** What ends all tokens of an account at once, by account. */
  listMarks(filter: RevocationFilter): Promise<AccountMark[]>
  /** How many rows are kept. */
  counts(): Promise<RevocationCounts>
  /** Forgets everything: what was ended early is good again until its `exp`. */
  clear(): Promise<void>
}

/** The claim `sid` of the access tokens that belong to a family of refresh tokens. */
export const sidOfFamily = (family: string): string => family.slice(0, 32)

/** What a revoker works with. */
export interface RevokerOptions {
  readonly records: RevocationRecords
  /** Read anew at every use. */
  readonly way: () => RevocationWay
  /** How long an access token that has just been issued can be good, milliseconds; read anew at every use. */
  readonly tokenLifeMs: () => number
  readonly clock: Clock
  /** Where the families of an account are found. */
  readonly families: Pick<FamilyDirectory, 'list'>
}

/** Families of an account that are looked through for tokens that can still be good. */
const MOST_FAMILIES = 1000

/** Ends access tokens in one store. */
export class Revoker implements RevocationDirectory {
  readonly #options: RevokerOptions

  constructor(options: RevokerOptions) {
    this.#options = options
  }

  revokeToken({ jti, account, expiresAt }: TokenToRevoke): Promise<Revoked> {
    return this.#revoke({ scope: 'token', account, endsAt: expiresAt }, [{ kind: 'jti', value: jti }])
  }

  revokeDevice(sid: string, account: string): Promise<Revoked> {
    return this.#revoke({ scope: 'device', account, endsAt: this.#lastEnd() }, [{ kind: 'sid', value: sid }])
  }

  async revokeAccount(account: string, families: readonly string[]): Promise<Revoked> {
    const recent = this.#keepsRows ? await this.#recentFamilies(account) : []
    const sids = new Set([...families, ...recent].map(sidOfFamily))
    const targets = [...sids].map((value) => ({ kind: 'sid', value }) as const)
    return this.#revoke({ scope: 'account', account, endsAt: this.#lastEnd() }, targets)
  }

  async listDenied(filter: RevocationFilter): Promise<DeniedToken[]> {
    return this.#options.records.listDenied(filter)
  }

  async listMarks(filter: RevocationFilter): Promise<AccountMark[]> {
    return this.#options.records.listMarks(filter)
  }

  async counts(): Promise<RevocationCounts> {
    return this.#options.records.counts()
  }

  async clear(): Promise<void> {
    await this.#options.records.clear()
  }

  get #keepsRows(): boolean {
    const way = this.#options.way()
    return way !== 'not-before' && way !== 'version'
  }

  /** Lab time at which a token that was issued just now ends. */
  #lastEnd(): number {
    return this.#options.clock.nowMs() + this.#options.tokenLifeMs()
  }

  /** Also those that are over or were ended before: an access token that they gave may still be good. */
  async #recentFamilies(account: string): Promise<string[]> {
    const { families, clock, tokenLifeMs } = this.#options
    const now = clock.nowMs()
    const all = await families.list({ account, limit: MOST_FAMILIES }, now)
    return all.filter(({ members }) => members.some(({ issuedAt }) => issuedAt > now - tokenLifeMs())).map(({ id }) => id)
  }

  async #revoke(
    order: Pick<Revoked, 'scope' | 'account' | 'endsAt'>,
    targets: readonly Pick<DeniedToken, 'kind' | 'value'>[],
  ): Promise<Revoked> {
    const { records, clock, way } = this.#options
    const { account, endsAt } = order
    const now = clock.nowMs()
    const current = way()
    const common = { ...order, way: current, isCollateral: !this.#keepsRows && order.scope !== 'account' }
    if (current === 'not-before') return { ...common, entries: [], mark: await records.setNotBefore(account, now) }
    if (current === 'version') return { ...common, entries: [], mark: await records.countUp(account, now) }
    const entries = targets.map((target) => ({ ...target, account, addedAt: now, expiresAt: endsAt }))
    await records.deny(entries, now)
    return { ...common, entries, mark: null }
  }
}
