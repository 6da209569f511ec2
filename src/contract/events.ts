import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Account } from './accounts.ts'
import { AttackerSite } from './attacker-site.ts'
import { Client } from './clients.ts'
import { Clock } from './clock.ts'
import { ClusterState } from './cluster.ts'
import { ComparisonProgress } from './comparison.ts'
import { ExchangeSummary } from './exchanges.ts'
import { Keyring } from './keys.ts'
import { OperatorAction, Recording } from './lab.ts'
import { LessonRun } from './lessons/lesson-run.ts'
import { Node } from './nodes.ts'
import { Revocation } from './revocations.ts'
import { SessionRow } from './sessions.ts'
import { Weakness } from './weaknesses.ts'

const seq = z.number().int().positive()

/** Lists that are not part of the state: whoever shows one reads it. */
export const LISTS = ['tokens', 'families', 'denylist', 'keys', 'audit', 'cues'] as const
/** A list that is not part of the state. */
export type ListName = (typeof LISTS)[number]

/** Schema of one change of the lab's state. `seq` is gap-free; a client that sees a gap must read the state again. */
export const LabEvent = z.discriminatedUnion('type', [
  /** A request is open; only sent when it stays open longer than one batch. */
  z.object({ seq, type: z.literal('exchange-started'), exchange: ExchangeSummary }),
  z.object({ seq, type: z.literal('exchange'), exchange: ExchangeSummary }),
  z.object({ seq, type: z.literal('action'), action: OperatorAction }),
  z.object({ seq, type: z.literal('traffic-cleared') }),
  /** The oldest exchanges left; all with a smaller `seq` than this are gone. */
  z.object({ seq, type: z.literal('traffic-trimmed'), oldestSeq: z.number().int() }),
  z.object({ seq, type: z.literal('recording'), recording: Recording }),
  z.object({ seq, type: z.literal('client'), client: Client }),
  z.object({ seq, type: z.literal('client-removed'), id: z.string() }),
  z.object({ seq, type: z.literal('node'), node: Node }),
  z.object({ seq, type: z.literal('node-removed'), id: z.string() }),
  z.object({ seq, type: z.literal('cluster'), cluster: ClusterState }),
  z.object({ seq, type: z.literal('keyring'), keyring: Keyring }),
  z.object({ seq, type: z.literal('session'), session: SessionRow }),
  z.object({ seq, type: z.literal('session-removed'), id: z.string() }),
  z.object({ seq, type: z.literal('account'), account: Account }),
  z.object({ seq, type: z.literal('clock'), clock: Clock }),
  /** A revocation, or news of its stopwatch. */
  z.object({ seq, type: z.literal('revocation'), revocation: Revocation }),
  /** These lists have changed: whoever shows one reads it again. */
  z.object({ seq, type: z.literal('stale'), lists: z.array(z.enum(LISTS)) }),
  /** How the lesson under way stands; null when it was left. */
  z.object({ seq, type: z.literal('lesson'), run: LessonRun.nullable() }),
  z.object({ seq, type: z.literal('attacker-site'), site: AttackerSite }),
  z.object({ seq, type: z.literal('weaknesses'), weaknesses: z.array(Weakness) }),
  /** How far the comparison is that is being run; null when it has ended. */
  z.object({ seq, type: z.literal('comparison'), progress: ComparisonProgress.nullable() }),
  /** Too much changed at once, or events were dropped: read the whole state again. */
  z.object({ seq, type: z.literal('resync') }),
])
/** One change of the lab's state. */
export type LabEvent = z.infer<typeof LabEvent>

type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq'> : never
/** A change before the event stream has numbered it. */
export type LabChange = WithoutSeq<LabEvent>

/** The event stream. Each server-sent event has `id` = `seq` and one {@link LabEvent} as JSON in `data`. */
export const events = {
  stream: oc
    .route({ method: 'GET', path: '/events', summary: 'Server-sent events, gap-free from `since`' })
    .input(z.object({ since: z.coerce.number().int().nonnegative().optional() }))
    .output(eventIterator(LabEvent)),
}
