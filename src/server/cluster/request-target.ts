import type { IncomingMessage } from 'node:http'
import { isLoopbackName, parseHost } from '../../protocol/host.ts'
import { valuesOf } from './forwarded-headers.ts'

/** Where a request goes on to. */
export interface RequestTarget {
  /** Value of the one `Host` field that is forwarded. */
  host: string
  /** Path and query: origin-form (RFC 9112 §3.2.1). */
  path: string
}

/** Why a request is not taken. */
export interface TargetRefusal {
  status: 400 | 421
  detail: string
}

const BAD_HOST: TargetRefusal = { status: 400, detail: 'A request has exactly one Host field, and it names a host (RFC 9112 §3.2).' }
const BAD_TARGET: TargetRefusal = {
  status: 400,
  detail: 'This request cannot be forwarded: its target is neither a path nor an http address.',
}

/** `scheme://authority` and what follows (RFC 9112 §3.2.2). */
const ABSOLUTE = /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)([^#]*)/i

/**
 * Reads the target of a request that came in on `port`. A name that is not this machine's is refused with 421 (RFC 9110 §15.5.20): that is
 * what a page looks like whose own name was made to point here (DNS rebinding). An absolute target overrides `Host` (RFC 9112 §3.2.2).
 */
export const readTarget = ({ rawHeaders, httpVersion, url = '' }: IncomingMessage, port: number): RequestTarget | TargetRefusal => {
  const hosts = valuesOf(rawHeaders, 'host')
  // HTTP/1.0 knew no Host: then this server's own name stands in (RFC 9112 §3.3).
  const [given = `127.0.0.1:${port}`] = hosts
  if (hosts.length > 1 || (hosts.length === 0 && httpVersion !== '1.0') || !parseHost(given)) return BAD_HOST
  if (url.startsWith('/')) return ifOwn(port, { host: given, path: url })
  const [, scheme, authority, rest = ''] = ABSOLUTE.exec(url) ?? []
  if (scheme === undefined || authority === undefined) return BAD_TARGET
  if (scheme.toLowerCase() !== 'http') return misdirected(port)
  return ifOwn(port, { host: authority, path: rest.startsWith('/') ? rest : `/${rest}` })
}

const ifOwn = (port: number, target: RequestTarget): RequestTarget | TargetRefusal => {
  const host = parseHost(target.host)
  return host && host.port === port && isLoopbackName(host.name) ? target : misdirected(port)
}

const misdirected = (port: number): TargetRefusal => ({
  status: 421,
  detail: `This balancer answers to 127.0.0.1, localhost and names under .localhost, by plain http at port ${port}.`,
})
