import { z } from 'zod'
import { RevokedReason } from '../../contract/refresh-families.ts'

const Text = z.string().max(1_000_000)
const Time = z.number()

/** Schema of what a node keeps in its memory where the session store is `memory`: what it would be had it gone on. Times are lab time. */
export const MemoryContents = z.object({
  sessions: z.array(
    z.object({
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      account: Text.nullable(),
      created_at: Time,
      last_seen_at: Time,
      idle_expires_at: Time,
      absolute_expires_at: Time,
      expired_at: Time.nullable(),
      node: Text.nullable(),
      device: Text.nullable(),
      data: Text,
      version: z.number().int(),
    }),
  ),
  families: z.array(
    z.object({
      record: z.object({
        id: Text,
        account: Text,
        clientId: Text.nullable(),
        scope: Text,
        device: Text.nullable(),
        createdAt: Time,
        absoluteExpiresAt: Time,
        revokedAt: Time.nullable(),
        revokedReason: RevokedReason.nullable(),
      }),
      members: z.array(
        z.object({
          id: Text,
          parent: Text.nullable(),
          issuedAt: Time,
          idleExpiresAt: Time,
          usedAt: Time.nullable(),
          reusedAt: Time.nullable(),
        }),
      ),
    }),
  ),
  denied: z.array(z.object({ kind: z.enum(['jti', 'sid']), value: Text, account: Text, addedAt: Time, expiresAt: Time })),
  marks: z.array(z.object({ account: Text, notBefore: Time.nullable(), version: z.number().int(), changedAt: Time })),
})
/** What a node keeps in its memory where the session store is `memory`. */
export type MemoryContents = z.infer<typeof MemoryContents>

/** The memory of a node as a whole. */
export interface KeptMemory {
  dump(): MemoryContents
  /** In the place of what is there. */
  load(contents: MemoryContents): void
}
