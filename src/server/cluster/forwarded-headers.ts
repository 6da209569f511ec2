import { HOP_BY_HOP } from '../../protocol/hop-by-hop.ts'
import { LAB_SECRET } from './remote-answers.ts'

/** Request header by which a lab client is known to the balancer; never forwarded, never recorded. */
export const CLIENT_TAG = 'x-authlab-client'
/** Header that carries the exchange's id, in both directions. */
export const EXCHANGE_ID = 'X-AuthLab-Exchange'

/** Request header by which a node knows its balancer: another program on this machine can reach the node's port, but states no exchange. */
export const BALANCER_TAG = 'x-authlab-balancer'

/** Fields that only the balancer may state (`Host` it has settled), and `Expect`, which it has already answered (RFC 9110 §10.1.1). */
const isOwn = (name: string): boolean =>
  name === 'host' ||
  name === CLIENT_TAG ||
  name === BALANCER_TAG ||
  name === LAB_SECRET ||
  name === 'x-authlab-exchange' ||
  name === 'expect' ||
  name === 'forwarded' ||
  name.startsWith('x-forwarded-')

/** Names listed in `Connection`: they end at this hop too. */
const listedInConnection = (rawHeaders: readonly string[]): Set<string> | null => {
  let listed: Set<string> | null = null
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'connection') continue
    listed ??= new Set()
    for (const name of (rawHeaders[at + 1] ?? '').split(',')) listed.add(name.trim().toLowerCase())
  }
  // A client must not be able to strip what frames the message.
  listed?.delete('content-length')
  return listed
}

const pick = (rawHeaders: readonly string[], isKept: (lowerName: string) => boolean): string[] => {
  const kept: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (isKept(name.toLowerCase())) kept.push(name, rawHeaders[at + 1] ?? '')
  }
  return kept
}

/** What a request goes on to a node with. */
interface Forwarding {
  /** The host that the request is for (RFC 9112 §3.2.2). */
  host: string
  exchangeId: string
  /** What proves the balancer to the node. */
  nodeSecret: string
}

/** What goes on to the node: end-to-end fields in wire order with their case, after them what only the balancer may state. */
export const toForward = (rawHeaders: readonly string[], { host, exchangeId, nodeSecret }: Forwarding): string[] => {
  const listed = listedInConnection(rawHeaders)
  const headers = ['Host', host, ...pick(rawHeaders, (name) => !HOP_BY_HOP.has(name) && !isOwn(name) && !listed?.has(name))]
  headers.push('Via', '1.1 authlab-balancer', EXCHANGE_ID, exchangeId, BALANCER_TAG, nodeSecret)
  return headers
}

/** What goes back to the client: end-to-end fields, and the exchange's id when the node did not state it. */
export const toReturn = (rawHeaders: readonly Buffer[], exchangeId: string): string[] => {
  const headers = rawHeaders.map((part) => part.toString('latin1'))
  const listed = listedInConnection(headers)
  const returned = pick(headers, (name) => !HOP_BY_HOP.has(name) && name !== 'x-authlab-exchange' && !listed?.has(name))
  returned.push(EXCHANGE_ID, exchangeId)
  return returned
}

/** The request's fields as they are recorded: all but the client's tag and the secret of a node, which has no business here. */
export const toRecord = (rawHeaders: readonly string[]): string[] => pick(rawHeaders, (name) => name !== CLIENT_TAG && name !== LAB_SECRET)

/** All values of one field; `lowerName` in lower case. */
export const valuesOf = (rawHeaders: readonly string[], lowerName: string): string[] => {
  const values: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() === lowerName) values.push(rawHeaders[at + 1] ?? '')
  return values
}
