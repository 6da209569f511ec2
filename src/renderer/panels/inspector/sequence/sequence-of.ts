import type { StoreKind } from '../../../../contract/cluster.ts'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { say } from '../../../i18n/say.ts'
import { storeName } from '../../../screens/frame/lab-words.ts'
import { accentOf } from '../../../ui/mechanism-tag.tsx'
import { requestLine } from './carried.ts'
import { itemsOf, PARTY } from './exchange-items.ts'
import type { Item, Participant, Sequence } from './sequence.ts'

/** What the exchanges themselves do not say. */
export interface Context {
  readonly attackers: ReadonlySet<string>
  /** The session store in use when the exchange with this `seq` was made. */
  storeAt(seq: number): StoreKind
}

const ORDER: Readonly<Record<Participant['kind'], number>> = { client: 0, attacker: 0, balancer: 1, node: 2, store: 3 }

const byNumber = new Intl.Collator('en', { numeric: true })

/** Clients as they come up, then the balancer, the nodes by number and the stores by name. */
function compare(a: Participant, b: Participant): number {
  if (ORDER[a.kind] !== ORDER[b.kind]) return ORDER[a.kind] - ORDER[b.kind]
  return ORDER[a.kind] < ORDER.node ? 0 : byNumber.compare(a.id, b.id)
}

function clientOf({ client, clientName }: Exchange, { attackers }: Context): Participant {
  const kind = client !== null && attackers.has(client) ? 'attacker' : 'client'
  return { id: PARTY.client(client), kind, name: clientName ?? say('inspector:stranger'), detail: null }
}

function participantOf(id: string): Participant | null {
  if (id === PARTY.balancer) return { id, kind: 'balancer', name: say('inspector:balancer'), detail: null }
  const [kind = '', name = ''] = id.split(/:(.*)/s)
  if (kind === 'node') return { id, kind, name, detail: null }
  return kind === 'store' ? { id, kind, name: say('inspector:store'), detail: shortStoreName(name) } : null
}

/** `SQLite` of `SQLite, shared`. */
const shortStoreName = (kind: string): string => storeName(kind).split(/[,，]/, 1)[0] ?? kind

const endsOf = (item: Item): string[] => (item.type === 'message' ? [item.from, item.to] : item.type === 'remark' ? [item.over] : [])

/** Who said what to whom for these exchanges, in order of their coming in. Several are told apart by an opening each. */
export function sequenceOf(exchanges: readonly Exchange[], context: Context): Sequence {
  const participants = new Map<string, Participant>()
  const items: Item[] = []
  for (const exchange of exchanges) {
    if (exchanges.length > 1) {
      const text = `#${exchange.seq} ${requestLine(exchange)}`
      items.push({ type: 'opening', exchange: exchange.id, text, accent: accentOf(exchange.mechanism) })
    }
    const own = itemsOf(exchange, context.storeAt(exchange.seq))
    items.push(...own)
    const client = clientOf(exchange, context)
    if (!participants.has(client.id)) participants.set(client.id, client)
    for (const id of own.flatMap(endsOf)) {
      const participant = participants.has(id) ? null : participantOf(id)
      if (participant) participants.set(id, participant)
    }
  }
  return { participants: [...participants.values()].sort(compare), items }
}
