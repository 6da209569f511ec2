const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const SIX_BITS: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]))

/** Last letters whose unused low bits are zero, by `length % 4` (RFC 4648 §3.5). */
const CANONICAL_LAST: Readonly<Record<number, RegExp>> = { 0: /[A-Za-z0-9_-]$/, 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ }

/** Whether the text is unpadded base64url that re-encodes to itself (RFC 7515 §2, RFC 4648 §3.5). The empty text is. */
export const isCanonicalBase64url = (text: string): boolean =>
  text === '' || (/^[A-Za-z0-9_-]+$/.test(text) && CANONICAL_LAST[text.length % 4]?.test(text) === true)

/** Decodes canonical unpadded base64url (RFC 7515 §2); null for anything else, including padding and stray bits. */
export const decodeBase64url = (text: string): Uint8Array | null => (isCanonicalBase64url(text) ? bytesOf(text) : null)

/** Decodes base64 or base64url, padded or not, stray bits or not: for looking at what a strict reader refuses. Null where letters are foreign. */
export const decodeAnyBase64 = (text: string): Uint8Array | null => {
  const plain = text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return /^[A-Za-z0-9_-]*$/.test(plain) && plain.length % 4 !== 1 ? bytesOf(plain) : null
}

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let pending = 0
  let length = 0
  for (const letter of text) {
    pending = ((pending << 6) | (SIX_BITS.get(letter) ?? 0)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = (pending >> bits) & 0xff
  }
  return bytes
}

/** Encodes bytes as unpadded base64url (RFC 7515 §2). */
export const encodeBase64url = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = Math.min(3, bytes.length - at)
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (let letter = 0; letter <= left; letter++) text += ALPHABET[(word >> (18 - 6 * letter)) & 63]
  }
  return text
}

/** Reads bytes as UTF-8; null where they are not (RFC 3629: no overlong forms, no surrogates). */
export const decodeUtf8 = (bytes: Uint8Array): string | null => {
  let escaped = ''
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, '0')}`
  try {
    return decodeURIComponent(escaped)
  } catch {
    return null
  }
}
