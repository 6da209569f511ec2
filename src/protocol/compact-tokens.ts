/** Where a compact JWS or JWE stands in a text. */
export interface TokenPlace {
  readonly start: number
  readonly end: number
  /** Three for a JWS (RFC 7515 §7.1), five for a JWE (RFC 7516 §7.1); two where the text was cut. */
  readonly parts: number
}

/** A header is a JSON object, which in base64url always begins like this (RFC 7515 §3.3). */
const BEGINNING = /\beyJ[\w-]/

/**
 * Places in a text that look like compact tokens, in order; nothing is decoded. One walk along the text, whatever is in it: an expression
 * that tries each beginning anew takes hours for a text of nothing but beginnings.
 */
export function* findCompactTokens(text: string): Generator<TokenPlace> {
  for (const { 0: run, index } of text.matchAll(/[\w.-]+/g)) {
    const parts = run.split('.')
    let offset = index
    for (let at = 0; at < parts.length - 1; at++) {
      const part = parts[at] ?? ''
      const beginning = part.search(BEGINNING)
      const left = parts.length - at
      if (beginning === -1) {
        offset += part.length + 1
        continue
      }
      const taken = left >= 5 ? 5 : left >= 3 ? 3 : 2
      const length = parts.slice(at, at + taken).join('.').length
      yield { start: offset + beginning, end: offset + length, parts: taken }
      offset += length + 1
      at += taken - 1
    }
  }
}
