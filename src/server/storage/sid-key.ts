import { createHash } from 'node:crypto'

/** Where a session stands in the table. */
export interface SessionKey {
  /** First 63 bits of {@link SessionKey.hash}, the table's integer key. Two ids may share it, so every statement compares the hash too. */
  key: bigint
  /** SHA-256 of the raw id, 32 octets. */
  hash: Buffer
}

/** The place of a raw session id from the cookie. */
export function keyOfSid(sid: string): SessionKey {
  const hash = createHash('sha256').update(sid).digest()
  return { key: keyOfHash(hash), hash }
}

/** The place of a session by its public id: SHA-256 of the raw one, 64 hexadecimal digits; null when it is not that. */
export function keyOfId(id: string): SessionKey | null {
  if (!/^[0-9a-f]{64}$/.test(id)) return null
  const hash = Buffer.from(id, 'hex')
  return { key: keyOfHash(hash), hash }
}

const keyOfHash = (hash: Buffer): bigint => hash.readBigUInt64BE(0) >> 1n
