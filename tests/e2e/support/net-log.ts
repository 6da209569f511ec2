import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Head = z.object({ constants: z.object({ logEventTypes: z.record(z.string(), z.number()) }) })
const Event = z.object({
  type: z.number(),
  source: z.object({ id: z.number() }),
  params: z.looseObject({ address: z.string().optional(), host: z.string().optional(), url: z.string().optional() }).optional(),
})
type Event = z.infer<typeof Event>

const isHere = (hostname: string): boolean => /^(?:127(?:\.\d+){3}|\[::1\]|::1|localhost|.*\.localhost)$/.test(hostname)
const isAddressHere = (address: string): boolean => isHere(address.replace(/:\d+$/, ''))
/** An address in full or a host alone. Blobs and the like have no host. */
const isUrlHere = (url: string): boolean => {
  const { hostname } = new URL(url.includes('://') ? url : `any://${url}`)
  return hostname === '' || isHere(hostname)
}

function parse(line: string): Event[] {
  try {
    return [Event.parse(JSON.parse(line))]
  } catch {
    // The brackets around the events, and a last line that was cut when Chromium ended.
    return []
  }
}

/**
 * What Chromium's own log (`--log-net-log`) says that it asked of the network beyond this machine: addresses asked for, names looked up,
 * TCP connections tried and datagrams sent. A datagram socket that sends nothing does not count: Chromium opens one to see whether there is a route.
 */
export function askedOfNetwork(file: string): string[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
  const types = Head.parse(JSON.parse(`${lines[0]}}`)).constants.logEventTypes
  const peers = new Map<number, string>()
  const foreign = (what: string, place: string | undefined, isThisMachine: (place: string) => boolean): string[] =>
    place === undefined || isThisMachine(place) ? [] : [`${what} ${place}`]
  return lines.flatMap(parse).flatMap(({ type, source, params }) => {
    if (type === types['UDP_CONNECT'] && params?.address) peers.set(source.id, params.address)
    if (type === types['UDP_BYTES_SENT']) return foreign('datagram to', params?.address ?? peers.get(source.id), isAddressHere)
    if (type === types['TCP_CONNECT_ATTEMPT']) return foreign('connection to', params?.address, isAddressHere)
    if (type === types['HOST_RESOLVER_MANAGER_REQUEST']) return foreign('look-up of', params?.host, isUrlHere)
    return type === types['URL_REQUEST_START_JOB'] ? foreign('request for', params?.url, isUrlHere) : []
  })
}
