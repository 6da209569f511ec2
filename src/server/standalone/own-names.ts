import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP, isIPv4 } from 'node:net'
import { isLoopbackName, parseHost } from '../../protocol/host.ts'
import { PROBLEM_TYPE, type Problem } from '../../protocol/problem.ts'

const MISDIRECTED: Problem = {
  title: 'Misdirected Request',
  status: 421,
  detail: 'On its loopback address this target answers to localhost, to names under it and to addresses.',
  verdict: 'not-auth',
}

const isLoopback = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/, '')
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}

/**
 * Whether a request came to a loopback address under a name that is not this machine's (RFC 9110 §15.5.20): that is what a page looks like
 * whose own name was made to point here (DNS rebinding). An address is no name that anybody could make point elsewhere. Who comes to another
 * address than a loopback one may know this machine by any name.
 */
export const isMisdirected = ({ headers, socket }: IncomingMessage): boolean => {
  if (headers.host === undefined || !isLoopback(socket.localAddress ?? '')) return false
  const name = parseHost(headers.host)?.name ?? ''
  return !isLoopbackName(name) && isIP(name.replace(/^\[(.*)\]$/, '$1')) === 0
}

/** Refuses it with 421. */
export const refuseMisdirected = (response: ServerResponse): void => {
  response.writeHead(MISDIRECTED.status, { 'Content-Type': PROBLEM_TYPE, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
  response.end(JSON.stringify(MISDIRECTED))
}
