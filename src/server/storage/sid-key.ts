import { hash } from 'node:crypto'

/** Where a session stands in the table. */
export interface SessionKey {
  /** First 63 bits of {@link SessionKey.id}, the table's integer key. Two sessions may share it, so every statement compares the whole id too. */
  key: bigint
  /** SHA-256 of the raw id, 64 hexadecimal digits: the session's public id. */
  id: string
}

/** The place of a raw session id from the cookie. */
export function placeOfSid(sid: string): SessionKey {
  const id = hash('sha256', sid, 'hex')
  return { key: keyOf(id), id }
}

/** The place of a session by its public id; null when it is not 64 hexadecimal digits in lower case. */
export const placeOfId = (id: string): SessionKey | null => (/^[0-9a-f]{64}$/.test(id) ? { key: keyOf(id), id } : null)

/** The place with the hash in octets, for callers that want those. */
export function keyOfSid(sid: string): { key: bigint; hash: Buffer } {
  const { key, id } = placeOfSid(sid)
  return { key, hash: Buffer.from(id, 'hex') }
}

const keyOf = (id: string): bigint => BigInt(`0x${id.slice(0, 16)}`) >> 1n
