import type { HttpMessage } from '../../../../contract/exchanges.ts'

/** The body as indented JSON; null when it is not whole JSON text. */
export function prettyBody({ body, bodyEncoding, isBodyCut, headers }: HttpMessage): string | null {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (bodyEncoding !== 'utf8' || isBodyCut || !/[/+]json\b/i.test(type)) return null
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // Announced as JSON, but it is not: shown as sent.
    return null
  }
}

const MASK = '••••••'
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'set-cookie', 'x-csrf-token'])
const SECRET_FIELDS = /("(?:password|access_token|refresh_token|token|new_password)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi
const SECRET_FORM = /((?:^|&)(?:password|access_token|refresh_token|token|new_password)=)[^&]*/gi

/** A header's value with what is secret in it covered: names and attributes stay readable. */
export function maskHeader(name: string, value: string): string {
  const lower = name.toLowerCase()
  if (!SECRET_HEADERS.has(lower)) return value
  if (lower === 'authorization') return value.replace(/^(\S+\s+).*$/s, `$1${MASK}`)
  if (lower === 'set-cookie') return value.replace(/^([^=;]*=)[^;]*/, `$1${MASK}`)
  if (lower === 'cookie') return value.replace(/=[^;]*/g, `=${MASK}`)
  return MASK
}

/** Body text with the values of secret fields covered. */
export const maskBody = (text: string): string => text.replace(SECRET_FIELDS, `$1"${MASK}"`).replace(SECRET_FORM, `$1${MASK}`)
