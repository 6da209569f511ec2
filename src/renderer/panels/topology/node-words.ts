import type { Client } from '../../../contract/clients.ts'
import type { Clock } from '../../../contract/clock.ts'
import type { StrategyName } from '../../../contract/cluster.ts'
import type { Node } from '../../../contract/nodes.ts'
import { say } from '../../i18n/say.ts'
import { clockTime, countdown, labTimeWas } from '../../state/lab-time.ts'

const BYTES_PER_MB = 1_000_000
const KEY_SHOWN = 12

/** Whether it runs; when not, since when and why. */
export function stateWords({ state, downReason, downSince }: Node, clock: Clock): string {
  if (state !== 'down') return say(`topology:state.${state}`)
  const reason = say(`topology:down.${downReason ?? 'stopped'}`)
  return downSince === null ? reason : say('topology:since', { reason, time: clockTime(labTimeWas(clock, downSince)) })
}

/** The port, or the origin of a target that runs elsewhere; empty while there is none. */
export const addressOf = ({ url, port }: Node): string => url?.replace(/^http:\/\//, '') ?? (port === null ? '' : `:${port}`)

/** The beginning of a key's id: enough to tell the few keys of a lab apart. */
export const keyName = (kid: string): string => (kid.length > KEY_SHOWN + 2 ? kid.slice(0, KEY_SHOWN) : kid)

/** How old its set of keys is; empty when it does not tell. */
export function keysAgeWords({ keysAgeSeconds, jwksFrozen, url }: Node): string {
  if (keysAgeSeconds === null) return ''
  if (url === null && !jwksFrozen) return say('topology:keysAge.keysNow')
  return say(url === null ? 'topology:keysAge.keysOld' : 'topology:keysAge.keysFetched', { age: countdown(keysAgeSeconds * 1000) })
}

/** `1.5 s`, `200 ms`, `15 min`, `2 h`. */
export function spanWords(ms: number): string {
  if (ms < 1000) return say('topology:span.ms', { count: ms })
  if (ms < 60_000) return say('topology:span.s', { count: ms / 1000 })
  if (ms < 3_600_000) return say('topology:span.min', { count: Math.round(ms / 6000) / 10 })
  return say('topology:span.h', { count: Math.round(ms / 360_000) / 10 })
}

/** What sets a node apart from the others, in as few words as possible. */
export function marksOf({ clockSkewMs, latencyMs, jwksFrozen, hasOwnCookieSecret }: Node): string[] {
  const marks: string[] = []
  if (clockSkewMs !== 0)
    marks.push(say(clockSkewMs > 0 ? 'topology:mark.fast' : 'topology:mark.slow', { span: spanWords(Math.abs(clockSkewMs)) }))
  if (latencyMs > 0) marks.push(say('topology:mark.latency', { span: spanWords(latencyMs) }))
  if (jwksFrozen) marks.push(say('topology:mark.frozen'))
  if (hasOwnCookieSecret) marks.push(say('topology:mark.ownSecret'))
  return marks
}

/** A duration in milliseconds, as exact as it can be read. */
export const msWords = (ms: number): string => ms.toFixed(ms < 100 ? 1 : 0)

/** `12 MB`; null when it is not measured. */
export const memoryWords = ({ memoryBytes }: Node): string | null =>
  memoryBytes === null ? null : say('topology:memory', { mb: (memoryBytes / BYTES_PER_MB).toFixed(0) })

/** `CPU 3 %` of one core; null when it is not measured. */
export const cpuWords = ({ cpu }: Node): string | null => (cpu === null ? null : say('topology:cpu', { percent: Math.round(cpu * 100) }))

const AFFINITY_COOKIE = 'affinity'

/** Names of the clients that the balancer keeps on each node, by the cookie in their jars; empty unless it is sticky. */
export function pinsOf(clients: readonly Client[], strategy: StrategyName): ReadonlyMap<string, readonly string[]> {
  const pins = new Map<string, string[]>()
  if (strategy !== 'sticky') return pins
  for (const { name, cookies } of clients) {
    const node = cookies.find((cookie) => cookie.name === AFFINITY_COOKIE)?.value
    if (node !== undefined) pins.set(node, [...(pins.get(node) ?? []), name])
  }
  return pins
}
