import type { Exchange, HeaderPairs, HttpMessage } from '../../contract/exchanges.ts'

/** How a HAR file is written. */
export interface HarOptions {
  readonly version: string
  /** What stands before each path, for example `http://127.0.0.1:4700`. */
  readonly origin: string
  /** Whether credentials stay readable; otherwise they are replaced. */
  readonly isShowingSecrets: boolean
}

const HIDDEN = '[hidden]'
const SECRET_FIELDS = /"(password|access_token|refresh_token|token|csrf_token)"(\s*):(\s*)"(?:[^"\\]|\\.)*"/g
const SECRET_FORM_FIELDS = /(^|&)(password|access_token|refresh_token|token)=[^&]*/g

/** The traffic as HAR 1.2. */
export function toHar(exchanges: readonly Exchange[], options: HarOptions): Record<string, unknown> {
  return {
    log: {
      version: '1.2',
      creator: { name: 'AuthLab', version: options.version },
      entries: exchanges.map((exchange) => toEntry(exchange, options)),
    },
  }
}

function toEntry(exchange: Exchange, options: HarOptions): Record<string, unknown> {
  const time = exchange.durationMs ?? 0
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time,
    request: toRequest(exchange, options),
    response: toResponse(exchange, options),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, send: 0, wait: time, receive: 0, ssl: -1 },
    comment: `${exchange.verdict ?? 'open'} (${exchange.mechanism}) on ${exchange.node ?? 'no node'}`,
  }
}

const isChanged = (name: string): boolean => /^(authorization|proxy-authorization|cookie|set-cookie)$/i.test(name)

/** A header's value without what would let its reader in. */
function hideHeader(name: string, value: string): string {
  if (/^cookie$/i.test(name)) return value.replaceAll(/=[^;]*/g, `=${HIDDEN}`)
  if (/^set-cookie$/i.test(name)) return value.replace(/=[^;]*/, `=${HIDDEN}`)
  return value.replace(/^(\S+)(\s+).*$/s, `$1$2${HIDDEN}`)
}

const headersOf = (headers: HeaderPairs, { isShowingSecrets }: HarOptions) =>
  headers.map(([name, value]) => ({ name, value: !isShowingSecrets && isChanged(name) ? hideHeader(name, value) : value }))

function bodyOf({ body, bodyEncoding }: HttpMessage, { isShowingSecrets }: HarOptions): string {
  if (isShowingSecrets || bodyEncoding === 'base64') return body
  return body.replaceAll(SECRET_FIELDS, `"$1"$2:$3"${HIDDEN}"`).replaceAll(SECRET_FORM_FIELDS, `$1$2=${HIDDEN}`)
}

const valueOf = (headers: HeaderPairs, wanted: string): string => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''

const headBytes = ({ bytes, bodyBytes }: HttpMessage): number => (bytes >= bodyBytes ? bytes - bodyBytes : -1)

function requestCookies(headers: { name: string; value: string }[]) {
  return headers
    .filter(({ name }) => name.toLowerCase() === 'cookie')
    .flatMap(({ value }) => value.split(/;\s*/))
    .map(splitCookie)
}

const responseCookies = (headers: { name: string; value: string }[]) =>
  headers.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => splitCookie(value.split(';')[0] ?? ''))

function splitCookie(pair: string): { name: string; value: string } {
  const at = pair.indexOf('=')
  return at < 0 ? { name: '', value: pair.trim() } : { name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }
}

function toRequest({ method, path, request }: Exchange, options: HarOptions): Record<string, unknown> {
  const headers = headersOf(request.headers, options)
  const url = `${options.origin}${path}`
  const query = URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []
  const postData = { mimeType: valueOf(request.headers, 'content-type'), text: bodyOf(request, options) }
  return {
    method,
    url,
    httpVersion: 'HTTP/1.1',
    cookies: requestCookies(headers),
    headers,
    queryString: query,
    headersSize: headBytes(request),
    bodySize: request.bodyBytes,
    ...(request.bodyBytes > 0 && { postData }),
  }
}

function toResponse({ status, response }: Exchange, options: HarOptions): Record<string, unknown> {
  const headers = headersOf(response.headers, options)
  return {
    status: status ?? 0,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: responseCookies(headers),
    headers,
    content: {
      size: response.bodyBytes,
      mimeType: valueOf(response.headers, 'content-type'),
      text: bodyOf(response, options),
      ...(response.bodyEncoding === 'base64' && { encoding: 'base64' }),
      ...(response.isBodyCut && { comment: 'cut' }),
    },
    redirectURL: valueOf(response.headers, 'location'),
    headersSize: headBytes(response),
    bodySize: response.bodyBytes,
  }
}
