import type Database from 'better-sqlite3'
import type { RefreshFamily } from '../../contract/refresh-families.ts'
import { type FamilyFilter, type FamilyMember, type FamilyRecord, toFamily } from './refresh-store.ts'
import { placeOfId } from './sid-key.ts'

/** Prepares the list of families with their members, newest first, each with its state at a lab time. */
export function prepareFamilies(database: Database.Database): (filter: FamilyFilter, now: number) => RefreshFamily[] {
  const families = database.prepare<[{ account: string | null; id: string | null; sid: string | null; limit: number }], FamilyRecord>(
    `SELECT id, account, client_id AS clientId, scope, device, created_at AS createdAt, absolute_expires_at AS absoluteExpiresAt,
       revoked_at AS revokedAt, revoked_reason AS revokedReason
     FROM refresh_families WHERE (@account IS NULL OR account = @account) AND (@id IS NULL OR id = @id)
       AND (@sid IS NULL OR substr(id, 1, 32) = @sid)
     ORDER BY created_at DESC, key LIMIT @limit`,
  )
  const members = database.prepare<[bigint], FamilyMember>(
    `SELECT hash AS id, parent, issued_at AS issuedAt, idle_expires_at AS idleExpiresAt, used_at AS usedAt, reused_at AS reusedAt
     FROM refresh_tokens WHERE family = ? ORDER BY issued_at, key`,
  )
  // One view of the database: a member must not be used in a family that was read before.
  return database.transaction(({ account, id, sid, limit }: FamilyFilter, now: number) =>
    families
      .all({ account, id: id ?? null, sid: sid ?? null, limit })
      .map((family) => toFamily(family, members.all(placeOfId(family.id)?.key ?? 0n), now)),
  )
}
