import { hash } from 'node:crypto'

/** Where a session stands in the table. */
export interface SessionKey {
  /** First 63 bits of {@link SessionKey.id}, the table's integer key. Two sessions may share it, so every statement compares the whole id too. */
  readonly key: bigint
  /** SHA-256 of the raw id, 64 hexadecimal digits: the session's public id. */
  readonly id: string
}

/** One request asks for the place of its one id several times. */
let last: { sid: string; place: SessionKey } | undefined

/** The place of a raw session id from the cookie. */
export function placeOfSid(sid: string): SessionKey {
  if (last?.sid === sid) return last.place
  const id = hash('sha256', sid, 'hex')
  const place = { key: keyOf(id), id }
  last = { sid, place }
  return place
}

/** The place of a session by its public id; null when it is not 64 hexadecimal digits in lower case. */
export const placeOfId = (id: string): SessionKey | null => (/^[0-9a-f]{64}$/.test(id) ? { key: keyOf(id), id } : null)

const keyOf = (id: string): bigint => BigInt(`0x${id.slice(0, 16)}`) >> 1n
