import type { DenylistEntry } from '../../contract/denylist.ts'
import type { RevocationWay } from '../../contract/revocation.ts'
import { MAX_TOKENS } from '../../contract/tokens.ts'
import type { TokenRecord } from '../credentials/issued-tokens.ts'
import { deniedKey, type RevocationFilter } from '../storage/revocation-records.ts'
import type { LabParts } from './lab-parts.ts'

/** Ways that look the denylist up, on the node or at the authorization server. */
const ASKS_DENYLIST: ReadonlySet<RevocationWay> = new Set(['denylist', 'introspection'])

/** What is kept to end tokens early, newest first. @throws LabError `store-unavailable` */
export async function listDenylist({ stores, settings }: LabParts, filter: RevocationFilter): Promise<DenylistEntry[]> {
  const { kind: store, revocations } = stores
  const way = settings.state().revocation
  const [denied, marks] = await Promise.all([revocations.listDenied(filter), revocations.listMarks(filter)])
  const entries = denied.map(({ nodes = null, ...entry }): DenylistEntry => ({ ...entry, store, nodes, isAsked: ASKS_DENYLIST.has(way) }))
  for (const { account, notBefore, version, changedAt, kept } of marks) {
    const common = { account, expiresAt: null, store, nodes: kept?.nodes ?? null }
    if (notBefore !== null)
      entries.push({ ...common, kind: 'not-before', value: notBefore, addedAt: notBefore, isAsked: way === 'not-before' })
    if (version > 0) entries.push({ ...common, kind: 'version', value: version, addedAt: changedAt, isAsked: way === 'version' })
  }
  return entries.sort((a, b) => b.addedAt - a.addedAt).slice(0, filter.limit)
}

/** Answers for a token whether nodes refuse it now because it was ended early. */
export type IsRevoked = (token: TokenRecord) => boolean

/**
 * Reads what nodes look up by the way in force. In the memory of nodes a token counts as revoked when all of them know: one that does not still
 * takes it. While the store does not answer, what was revoked here or by a client counts.
 */
export async function readRevoked(lab: LabParts): Promise<IsRevoked> {
  const { stores, settings, cluster } = lab
  const way = settings.state().revocation
  if (way === 'none') return () => false
  const all: RevocationFilter = { q: '', limit: MAX_TOKENS }
  try {
    if (ASKS_DENYLIST.has(way)) {
      const denied = await stores.revocations.listDenied(all)
      const keys = new Set(denied.filter(({ nodes }) => nodes === undefined || nodes >= cluster.directories().length).map(deniedKey))
      const isDenied = (kind: 'jti' | 'sid', value: string): boolean => keys.has(deniedKey({ kind, value }))
      return ({ jti, sid }) => isDenied('jti', jti) || (sid !== null && isDenied('sid', sid))
    }
    const marks = new Map((await stores.revocations.listMarks(all)).map((mark) => [mark.account, mark.kept?.everywhere ?? mark]))
    if (way === 'version') return ({ account, version }) => (version ?? 0) < (marks.get(account)?.version ?? 0)
    return ({ account, issuedAt }) => issuedAt <= (marks.get(account)?.notBefore ?? Number.NEGATIVE_INFINITY)
  } catch {
    return ({ revocation }) => revocation !== null
  }
}
