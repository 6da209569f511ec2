import type { RefreshFamily } from '../../../../contract/refresh-families.ts'

type Member = RefreshFamily['members'][number]

/** What became of a refresh token. `ended`: it was never used, and its family ended before. */
export type MemberStanding = 'used' | 'reused' | 'live' | 'expired' | 'ended'

/** What became of a refresh token by a lab time; the limit itself counts as expired. */
export function standingOf(member: Member, family: Omit<RefreshFamily, 'members'>, now: number): MemberStanding {
  if (member.reusedAt !== null) return 'reused'
  if (member.usedAt !== null) return 'used'
  if (family.revokedAt !== null) return 'ended'
  return now < Math.min(member.idleExpiresAt, family.absoluteExpiresAt) ? 'live' : 'expired'
}

/** The generation of each member by its id: 1 for the token of the login. Members stand after their parents. */
export function generationsOf(members: readonly Member[]): ReadonlyMap<string, number> {
  const generations = new Map<string, number>()
  for (const { id, parent } of members) generations.set(id, (parent === null ? 0 : (generations.get(parent) ?? 0)) + 1)
  return generations
}
