import { findCompactTokens } from '../../protocol/compact-tokens.ts'
import { parseCookieHeader } from '../../protocol/cookie.ts'
import { readToken } from '../../protocol/read-token.ts'
import { parseSetCookie, type SetCookie } from '../../protocol/set-cookie.ts'

interface Pair {
  readonly name: string
  readonly value: string
}

/** What is read of an entry of an HTTP Archive. */
export interface ArchivedEntry {
  readonly startedDateTime: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: readonly Pair[]
    readonly postData?: { readonly mimeType?: string | undefined; readonly text?: string | undefined } | undefined
  }
  readonly response: {
    readonly status: number
    readonly headers: readonly Pair[]
    readonly content?: { readonly mimeType?: string | undefined; readonly text?: string | undefined } | undefined
  }
}

/** Where a credential was found. */
export type CredentialPlace = 'authorization' | 'cookie' | 'set-cookie' | 'url' | 'request-body' | 'response-body'

/** A token as it was found. */
export interface SeenToken {
  readonly token: string
  readonly place: CredentialPlace
  /** Name of its cookie or parameter; null in a header or a body. */
  readonly name: string | null
}

/** One archived request with the credentials in it. */
export interface SeenEntry {
  readonly index: number
  readonly method: string
  readonly url: URL
  readonly status: number
  /** Unix milliseconds; null when the archive does not tell. */
  readonly startedAtMs: number | null
  readonly headers: ReadonlyMap<string, string>
  readonly answerHeaders: ReadonlyMap<string, string>
  /** Cookies that look like a session's. */
  readonly sessionCookies: readonly Pair[]
  /** Cookies set by the answer that carry a session or a token. */
  readonly setCookies: readonly SetCookie[]
  readonly tokens: readonly SeenToken[]
  readonly body: string
  /** The answer's body has a member that hands a token out (RFC 6749 §5.1). */
  readonly handsToken: boolean
}

/** Names that frameworks give their session cookie, and what people call their own. */
const SESSION_NAME =
  /^(__host-|__secure-)?(sid|ssid|connect\.sid|jsessionid|phpsessid|asp\.net_sessionid|aspsessionid\w*|\.aspxauth|\.aspnetcore\.\w+|laravel_session|_?[\w-]*sess(ion)?([_-]?id)?|auth(_?id)?)$/i
/** Longer ones fit into no header field, and are not taken apart. */
const MAX_TOKEN_LENGTH = 65_536

const TOKEN_MEMBER = /"(access_token|refresh_token|id_token)"\s*:/

/** Whether a cookie of this name looks like a session's. */
export const isSessionName = (name: string): boolean => SESSION_NAME.test(name)

const isToken = (text: string): boolean => {
  if (text.length > MAX_TOKEN_LENGTH) return false
  const { form, header } = readToken(text)
  return form !== 'neither' && header !== null && typeof header['alg'] === 'string'
}

const tokensIn = (text: string, place: CredentialPlace, name: string | null = null): SeenToken[] =>
  [...findCompactTokens(text)]
    .filter(({ parts }) => parts >= 3)
    .map(({ start, end }) => text.slice(start, end))
    .filter(isToken)
    .map((token) => ({ token, place, name }))

/** Fields of one name are joined, as a server would take them (RFC 9110 §5.3). */
function fieldsOf(pairs: readonly Pair[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const { name, value } of pairs) {
    const key = name.toLowerCase()
    const before = fields.get(key)
    fields.set(key, before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`)
  }
  return fields
}

function setCookiesOf(pairs: readonly Pair[]): SetCookie[] {
  // An archive joins lines of Set-Cookie by a line break, or keeps each.
  const lines = pairs.filter(({ name }) => name.toLowerCase() === 'set-cookie').flatMap(({ value }) => value.split('\n'))
  const cookies = lines.flatMap((line) => parseSetCookie(line) ?? [])
  return cookies.filter(({ name, value }) => value !== '' && (isSessionName(name) || isToken(value)))
}

const safely = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Reads one entry; null when its URL is none of HTTP. */
export function readEntry(entry: ArchivedEntry, index: number): SeenEntry | null {
  const { request, response } = entry
  const url = new URL(request.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  const headers = fieldsOf(request.headers)
  const cookies = parseCookieHeader(headers.get('cookie') ?? '').map(({ name, value }) => ({ name, value: safely(value) }))
  const setCookies = setCookiesOf(response.headers)
  const body = request.postData?.text ?? ''
  const answerBody = response.content?.text ?? ''
  const startedAtMs = Date.parse(entry.startedDateTime)
  return {
    index,
    method: request.method.toUpperCase(),
    url,
    status: response.status,
    startedAtMs: Number.isNaN(startedAtMs) ? null : startedAtMs,
    headers,
    answerHeaders: fieldsOf(response.headers),
    sessionCookies: cookies.filter(({ name, value }) => value !== '' && isSessionName(name) && !isToken(value)),
    setCookies,
    tokens: [
      ...tokensIn((headers.get('authorization') ?? '').replace(/^bearer /i, ''), 'authorization'),
      ...cookies.flatMap(({ name, value }) => tokensIn(value, 'cookie', name)),
      ...setCookies.flatMap(({ name, value }) => tokensIn(safely(value), 'set-cookie', name)),
      ...[...url.searchParams, ...new URLSearchParams(url.hash.slice(1))].flatMap(([name, value]) => tokensIn(value, 'url', name)),
      ...tokensIn(body, 'request-body'),
      ...tokensIn(answerBody, 'response-body'),
    ],
    body,
    handsToken: TOKEN_MEMBER.test(answerBody),
  }
}
