import type Database from 'better-sqlite3'
import type { RefreshFamily } from '../../contract/refresh-families.ts'
import { placeOfId } from './sid-key.ts'

type Member = RefreshFamily['members'][number]
type Family = Omit<RefreshFamily, 'members' | 'state'>

/** Which families to list; null = of every account. */
export interface FamilyFilter {
  readonly account: string | null
  readonly limit: number
}

function stateOf({ revokedAt, absoluteExpiresAt }: Family, members: readonly Member[], now: number): RefreshFamily['state'] {
  if (revokedAt !== null) return 'revoked'
  const isUsable = absoluteExpiresAt > now && members.some(({ usedAt, idleExpiresAt }) => usedAt === null && idleExpiresAt > now)
  return isUsable ? 'active' : 'expired'
}

/** Every token after the one that was given for it: many may have been issued in one millisecond. */
function byGeneration(members: readonly Member[]): Member[] {
  const children = new Map<string | null, Member[]>()
  for (const member of members) {
    const siblings = children.get(member.parent)
    if (siblings) siblings.push(member)
    else children.set(member.parent, [member])
  }
  const ordered = [...(children.get(null) ?? [])]
  // Grows while it is walked along.
  for (const { id } of ordered) ordered.push(...(children.get(id) ?? []))
  return ordered
}

/** Prepares the list of families with their members, newest first, each with its state at a lab time. */
export function prepareFamilies(database: Database.Database): (filter: FamilyFilter, now: number) => RefreshFamily[] {
  // By their end, for which there is an index: they all last equally long.
  const families = database.prepare<[FamilyFilter], Family>(
    `SELECT id, account, client_id AS clientId, scope, device, created_at AS createdAt, absolute_expires_at AS absoluteExpiresAt,
       revoked_at AS revokedAt, revoked_reason AS revokedReason
     FROM refresh_families WHERE @account IS NULL OR account = @account ORDER BY absolute_expires_at DESC, key LIMIT @limit`,
  )
  const members = database.prepare<[bigint], Member>(
    `SELECT hash AS id, parent, issued_at AS issuedAt, idle_expires_at AS idleExpiresAt, used_at AS usedAt, reused_at AS reusedAt
     FROM refresh_tokens WHERE family = ? ORDER BY issued_at, key`,
  )
  // One view of the database: a member must not be used in a family that was read before.
  return database.transaction((filter: FamilyFilter, now: number) =>
    families.all(filter).map((family) => {
      const all = byGeneration(members.all(placeOfId(family.id)?.key ?? 0n))
      return { ...family, state: stateOf(family, all, now), members: all }
    }),
  )
}
