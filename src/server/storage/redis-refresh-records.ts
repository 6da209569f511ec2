import { hash } from 'node:crypto'
import { type RefreshFamily, RevokedReason } from '../../contract/refresh-families.ts'
import type { RedisConnection } from './redis-connection.ts'
import { REFRESH_KEYS, REFRESH_SCRIPTS } from './redis-refresh-scripts.ts'
import { type RedisFields, type RedisScript, runScript, toFields } from './redis-script.ts'
import {
  FAMILY_KEPT_MS,
  type FamilyFilter,
  type FamilyMember,
  type NewFamily,
  type RefreshOutcome,
  type RefreshRecord,
  type RefreshStatements,
  type RefreshStore,
  type RefreshUse,
  SWEPT_FAMILIES,
  toFamily,
  type UseState,
} from './refresh-store.ts'
import { sidOfFamily } from './revoker.ts'
import { placeOfId } from './sid-key.ts'

const STATEMENTS: RefreshStatements = {
  begin: 'EVALSHA <begin> 1 authlab:refresh:family:<id> ...',
  find: 'EVALSHA <find> 1 authlab:refresh:token:<id>',
  rotate: 'EVALSHA <rotate> 1 authlab:refresh:token:<id> ...',
  revoke: 'EVALSHA <revoke> 1 authlab:refresh:family:<id> ...',
  revokeAll: 'EVALSHA <revoke all> 1 authlab:refresh:account:<name> ...',
}

/** Families fetched at once for a list. */
const PAGE = 100

const idOf = (token: string): string => hash('sha256', token, 'hex')
const orNothing = (text: string | null): string => (text === null ? '' : `+${text}`)

/** Refresh tokens in one Redis server, shared by every node that is connected to it. Every change is one script, which Redis runs as one step. */
export class RedisRefreshRecords implements RefreshStore {
  readonly statements = STATEMENTS
  readonly endForAccountNow = null
  readonly #connection: RedisConnection

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  async begin(token: string, family: NewFamily, now: number): Promise<string> {
    const id = idOf(token)
    const { account, clientId, scope, device, idleExpiresAt, absoluteExpiresAt } = family
    // Redis counts in real time and knows nothing of the lab clock: its own expiry only cleans up what nobody comes back to.
    const keepMs = absoluteExpiresAt - now + FAMILY_KEPT_MS
    const bound = [id, account, orNothing(clientId), scope, orNothing(device), now, idleExpiresAt, absoluteExpiresAt]
    await this.#run(REFRESH_SCRIPTS.BEGIN, REFRESH_KEYS.family + id, [...bound, keepMs, now - FAMILY_KEPT_MS, SWEPT_FAMILIES])
    return id
  }

  async find(token: string): Promise<RefreshRecord | null> {
    const id = idOf(token)
    const found = await this.#run(REFRESH_SCRIPTS.FIND, REFRESH_KEYS.token + id, [])
    return Array.isArray(found) ? toRecord(id, toFields(found[0]), toFields(found[1])) : null
  }

  async rotate({ token, next, now, idleExpiresAt, graceMs }: RefreshUse): Promise<RefreshOutcome> {
    const id = idOf(token)
    const nextId = idOf(next)
    const answer = await this.#run(REFRESH_SCRIPTS.ROTATE, REFRESH_KEYS.token + id, [id, nextId, now, idleExpiresAt, graceMs])
    if (!Array.isArray(answer)) return { state: 'unknown', record: null }
    const state = String(answer[0]) as UseState
    const record = toRecord(id, toFields(answer[1]), toFields(answer[2]))
    return state === 'live' ? { state: 'rotated', record, isGrace: record.usedAt !== null, nextId } : { state, record }
  }

  async end(family: string, reason: RevokedReason, now: number): Promise<boolean> {
    if (!placeOfId(family)) return false
    return (await this.#run(REFRESH_SCRIPTS.REVOKE, REFRESH_KEYS.family + family, [family, reason, now])) === 1
  }

  async endForAccount(account: string, reason: RevokedReason, now: number): Promise<string[]> {
    const ended = await this.#run(REFRESH_SCRIPTS.REVOKE_ALL, REFRESH_KEYS.account + account, [reason, now])
    return Array.isArray(ended) ? ended.map(String) : []
  }

  async list({ account, id, sid, limit }: FamilyFilter, now: number): Promise<RefreshFamily[]> {
    if (id !== undefined) {
      const family = await this.#fetch(id, now)
      return family && (account ?? family.account) === family.account ? [family] : []
    }
    const list = account === null ? REFRESH_KEYS.created : REFRESH_KEYS.account + account
    const families: RefreshFamily[] = []
    const gone: string[] = []
    for (let from = 0; families.length < limit; from += PAGE) {
      const ids = await this.#connection.run((client) => client.zRange(list, from, from + PAGE - 1, { REV: true }))
      for (const id of ids.filter((candidate) => sid === undefined || sidOfFamily(candidate) === sid)) {
        const family = await this.#fetch(id, now)
        if (family) families.push(family)
        else gone.push(id)
      }
      if (ids.length < PAGE) break
    }
    if (gone.length > 0) await this.#run(REFRESH_SCRIPTS.UNLIST, list, gone)
    return families.slice(0, limit)
  }

  async clear(): Promise<void> {
    await this.#run(REFRESH_SCRIPTS.CLEAR, REFRESH_KEYS.created, [])
  }

  async #fetch(id: string, now: number): Promise<RefreshFamily | null> {
    const found = await this.#run(REFRESH_SCRIPTS.LIST_ONE, REFRESH_KEYS.family + id, [id])
    if (!Array.isArray(found) || !Array.isArray(found[1])) return null
    const members = found[1].flatMap((token) => (Array.isArray(token) ? [toMember(String(token[0]), toFields(token[1]))] : []))
    return toFamily({ id, ...toBound(toFields(found[0])) }, members, now)
  }

  #run(script: RedisScript, key: string, values: readonly (string | number)[]): Promise<unknown> {
    return runScript(this.#connection, script, key, values)
  }
}

const numberOrNull = (text: string | undefined): number | null => (text === undefined ? null : Number(text))

const toBound = (family: RedisFields) => ({
  account: family['account'] ?? '',
  clientId: family['client_id'] ?? null,
  scope: family['scope'] ?? '',
  device: family['device'] ?? null,
  createdAt: Number(family['created_at']),
  absoluteExpiresAt: Number(family['absolute_expires_at']),
  revokedAt: numberOrNull(family['revoked_at']),
  revokedReason: RevokedReason.safeParse(family['revoked_reason']).data ?? null,
})

const toMember = (id: string, token: RedisFields): FamilyMember => ({
  id,
  parent: token['parent'] ?? null,
  issuedAt: Number(token['issued_at']),
  idleExpiresAt: Number(token['idle_expires_at']),
  usedAt: numberOrNull(token['used_at']),
  reusedAt: numberOrNull(token['reused_at']),
})

function toRecord(id: string, token: RedisFields, family: RedisFields): RefreshRecord {
  const { parent, issuedAt, idleExpiresAt, usedAt } = toMember(id, token)
  const { account, clientId, scope, absoluteExpiresAt, revokedReason } = toBound(family)
  const bound = { family: token['family'] ?? '', account, clientId, scope, absoluteExpiresAt, revokedReason }
  return { id, parent, issuedAt, idleExpiresAt, usedAt, ...bound }
}
