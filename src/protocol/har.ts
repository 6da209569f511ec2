import type { Exchange, HeaderPairs, HttpMessage } from '../contract/exchanges.ts'
import { hideInHeader, hideInText } from './hide-secrets.ts'

/** How an archive is made. */
export interface HarOptions {
  /** Version of the product that writes it. */
  version: string
  /** True keeps passwords, cookies and tokens as they were on the wire. */
  isSecretShown: boolean
}

interface Pair {
  name: string
  value: string
}

/** An HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). */
export interface Har {
  log: { version: '1.2'; creator: { name: string; version: string }; comment?: string; entries: HarEntry[] }
}

/** One exchange of an archive; members that begin with `_` are this product's own. */
export interface HarEntry {
  startedDateTime: string
  /** Milliseconds. */
  time: number
  request: HarRequest
  response: HarResponse
  cache: Record<string, never>
  timings: { blocked: -1; dns: -1; connect: -1; ssl: -1; send: number; wait: number; receive: number }
  comment: string
  _authlab: Pick<Exchange, 'id' | 'seq' | 'labTime' | 'client' | 'clientName' | 'node' | 'mechanism' | 'verdict' | 'steps'>
}

interface HarRequest {
  method: string
  url: string
  httpVersion: string
  cookies: Pair[]
  headers: Pair[]
  queryString: Pair[]
  postData?: { mimeType: string; text: string; params: Pair[]; comment?: string }
  headersSize: number
  bodySize: number
}

interface HarCookie extends Pair {
  path?: string
  domain?: string
  httpOnly?: boolean
  secure?: boolean
}

interface HarResponse {
  status: number
  statusText: string
  httpVersion: string
  cookies: HarCookie[]
  headers: Pair[]
  content: { size: number; mimeType: string; text?: string; encoding?: 'base64'; comment?: string }
  redirectURL: string
  headersSize: number
  bodySize: number
}

const HIDDEN_NOTE = 'Passwords, cookies and tokens are hidden.'

/** Traffic as HAR 1.2, oldest first; usable secrets are hidden unless asked for. */
export const toHar = (exchanges: readonly Exchange[], options: HarOptions): Har => ({
  log: {
    version: '1.2',
    creator: { name: 'AuthLab', version: options.version },
    ...(options.isSecretShown ? {} : { comment: HIDDEN_NOTE }),
    entries: exchanges.map((exchange) => toEntry(exchange, options.isSecretShown)),
  },
})

const toEntry = (exchange: Exchange, isSecretShown: boolean): HarEntry => {
  const { id, seq, labTime, client, clientName, node, mechanism, verdict, steps } = exchange
  const time = exchange.durationMs ?? 0
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time,
    request: toRequest(exchange, isSecretShown),
    response: toResponse(exchange, isSecretShown),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: time, receive: 0 },
    comment: verdict ?? 'in flight',
    _authlab: { id, seq, labTime, client, clientName, node, mechanism, verdict, steps },
  }
}

const toPairs = (headers: HeaderPairs, isSecretShown: boolean): Pair[] =>
  headers.map(([name, value]) => ({ name, value: isSecretShown ? value : hideInHeader(name, value) }))

const headerOf = (headers: readonly Pair[], lowerName: string): string =>
  headers.find(({ name }) => name.toLowerCase() === lowerName)?.value ?? ''

/** Octets before the body; -1 stands for unknown. */
const headSize = (message: HttpMessage): number => Math.max(-1, message.bytes - message.bodyBytes)

const toRequest = ({ method, path, request }: Exchange, isSecretShown: boolean): HarRequest => {
  const headers = toPairs(request.headers, isSecretShown)
  const target = isSecretShown ? path : hideInText(path)
  const host = headerOf(headers, 'host') || '127.0.0.1'
  return {
    method,
    url: toUri(target, host),
    httpVersion: 'HTTP/1.1',
    cookies: headers.filter(({ name }) => name.toLowerCase() === 'cookie').flatMap(({ value }) => toCookies(value)),
    headers,
    queryString: toQuery(target),
    ...(request.bodyBytes > 0 ? { postData: toPostData(request, headerOf(headers, 'content-type'), isSecretShown) } : {}),
    headersSize: headSize(request),
    bodySize: request.bodyBytes,
  }
}

/** A request target as a URI (RFC 3986 §2): octets that a URI may not hold are percent-encoded, as the archive's schema asks. */
const toUri = (target: string, host: string): string => {
  // RFC 9112 §3.2.2: a target in absolute form already names its authority.
  const authority = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? ''
  const rest = target
    .slice(authority.length)
    .replace(/%(?![\dA-Fa-f]{2})|[^\w\-.~:/?#@!$&'()*+,;=%]/g, percentEncode)
    .replace(/(?<=#.*)#/g, '%23')
  return `${authority || `http://${host}`}${rest}`
}

/** Targets come as one character an octet. */
const percentEncode = (octet: string): string => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

const toQuery = (target: string): Pair[] => {
  const at = target.indexOf('?')
  const query = at < 0 ? '' : target.slice(at + 1)
  return query
    .split('&')
    .filter((part) => part !== '')
    .map(splitPair)
    .map(({ name, value }) => ({ name: decode(name), value: decode(value) }))
}

const toCookies = (field: string): Pair[] =>
  field
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(splitPair)

const splitPair = (text: string): Pair => {
  const at = text.indexOf('=')
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }
}

const cutNote = (message: HttpMessage): { comment?: string } =>
  message.isBodyCut ? { comment: 'The body was longer; only its beginning was kept.' } : {}

const toPostData = (request: HttpMessage, mimeType: string, isSecretShown: boolean): HarRequest['postData'] => {
  // HAR 1.2 has no encoding for request bodies: octets that are no text are left out.
  if (request.bodyEncoding === 'base64') return { mimeType, text: '', params: [], comment: 'The body is not text.' }
  return { mimeType, text: isSecretShown ? request.body : hideInText(request.body), params: [], ...cutNote(request) }
}

const toResponse = ({ status, response }: Exchange, isSecretShown: boolean): HarResponse => {
  const headers = toPairs(response.headers, isSecretShown)
  return {
    status: status ?? 0,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: headers.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => toSetCookie(value)),
    headers,
    content: toContent(response, headerOf(headers, 'content-type'), isSecretShown),
    redirectURL: headerOf(headers, 'location'),
    headersSize: headSize(response),
    bodySize: response.bodyBytes,
  }
}

const toSetCookie = (field: string): HarCookie => {
  const [first, ...attributes] = toCookies(field)
  const cookie: HarCookie = { name: first?.name ?? '', value: first?.value ?? '' }
  for (const { name, value } of attributes) {
    const attribute = name.toLowerCase()
    if (attribute === 'path') cookie.path = value
    else if (attribute === 'domain') cookie.domain = value
    else if (attribute === 'httponly') cookie.httpOnly = true
    else if (attribute === 'secure') cookie.secure = true
  }
  return cookie
}

const toContent = (response: HttpMessage, mimeType: string, isSecretShown: boolean): HarResponse['content'] => {
  const content = { size: response.bodyBytes, mimeType: mimeType || 'x-unknown', ...cutNote(response) }
  if (response.bodyBytes === 0) return content
  if (response.bodyEncoding === 'utf8') return { ...content, text: isSecretShown ? response.body : hideInText(response.body) }
  // Nobody can tell what octets hold.
  return isSecretShown ? { ...content, text: response.body, encoding: 'base64' } : { ...content, comment: 'The body is hidden.' }
}
