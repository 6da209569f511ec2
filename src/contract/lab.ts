import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Account } from './accounts.ts'
import { AttackerSite } from './attacker-site.ts'
import { Client } from './clients.ts'
import { Clock } from './clock.ts'
import { ClusterState } from './cluster.ts'
import { ExchangeSummary } from './exchanges.ts'
import { Keyring } from './keys.ts'
import { LessonRun } from './lessons/lesson-run.ts'
import { Node } from './nodes.ts'
import { Revocation } from './revocations.ts'
import { SessionRow } from './sessions.ts'
import { Weakness } from './weaknesses.ts'

/** What the operator or the lab did, as rows in the traffic. The code is the key of its words; `params` fill them. */
export const OPERATOR_ACTIONS = [
  'lab-started',
  'lab-reset',
  'clock-moved',
  'clock-paused',
  'clock-resumed',
  'clock-real-time',
  'session-ended',
  'session-expired',
  'account-logged-out',
  'token-revoked',
  'family-revoked',
  'account-changed',
  'node-killed',
  'node-started',
  'node-crashed',
  'node-added',
  'node-removed',
  'node-restarted',
  'node-draining',
  'node-changed',
  'node-unreachable',
  'node-reachable',
  'strategy-changed',
  'store-changed',
  'store-latency-changed',
  'store-outage-on',
  'store-outage-off',
  'store-lost',
  'store-recovered',
  'leeway-changed',
  'revocation-changed',
  'cookie-prefix-on',
  'cookie-prefix-off',
  'extra-claims-changed',
  'recheck-on',
  'recheck-off',
  'lifetimes-changed',
  'key-rotated',
  'cookie-secret-rotated',
  'token-forged',
  'key-retired',
  'cookie-secret-retired',
  'key-schedule-changed',
  'client-added',
  'client-removed',
  'client-mechanism-changed',
  'client-discarded-token',
  'client-revoked-token',
  'recording-paused',
  'recording-resumed',
  'checkpoint-saved',
  'lab-restored',
  'lesson-started',
  'lesson-step-reset',
  'lesson-left',
  'attacker-site-on',
  'attacker-site-off',
  'weakness-on',
  'weakness-off',
] as const

/** Schema of an operator action in the traffic. */
export const OperatorAction = z.object({
  id: z.string(),
  /** It stands after the exchange with this `seq` (0: before the first). */
  afterExchange: z.number().int().nonnegative(),
  at: z.number(),
  labTime: z.number(),
  action: z.enum(OPERATOR_ACTIONS),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
/** An operator action in the traffic. */
export type OperatorAction = z.infer<typeof OperatorAction>

/** Schema of the recorder's state. */
export const Recording = z.object({
  isOn: z.boolean(),
  /** How many exchanges are kept before the oldest leave. */
  capacity: z.number().int(),
  count: z.number().int(),
})
/** The recorder's state. */
export type Recording = z.infer<typeof Recording>

/** Schema of something the operator should know from the start, for example a damaged database moved aside. */
export const Notice = z.object({
  code: z.enum([
    'database-moved-aside',
    'keys-moved-aside',
    'keys-left-sealed',
    'port-moved',
    'restore-undone',
    'restore-finished',
    'restore-not-undone',
  ]),
  params: z.record(z.string(), z.string()),
})
/** Something the operator should know from the start. */
export type Notice = z.infer<typeof Notice>

/** Schema of the whole lab at one moment. */
export const LabState = z.object({
  /** The last event already contained in this state; listen from here. */
  seq: z.number().int().nonnegative(),
  version: z.string(),
  mode: z.enum(['desktop', 'browser', 'headless']),
  balancer: z.object({ url: z.string(), portalUrl: z.string() }),
  cluster: ClusterState,
  clock: Clock,
  keyring: Keyring,
  recording: Recording,
  nodes: z.array(Node),
  clients: z.array(Client),
  accounts: z.array(Account),
  /** The newest 500. */
  sessions: z.array(SessionRow),
  /** The newest 500, oldest first. */
  exchanges: z.array(ExchangeSummary),
  /** All that are kept, oldest first. */
  actions: z.array(OperatorAction),
  /** All that are kept, newest first. */
  revocations: z.array(Revocation),
  notices: z.array(Notice),
  /** The lesson under way; null when there is none. */
  lesson: LessonRun.nullable(),
  attackerSite: AttackerSite,
  weaknesses: z.array(Weakness),
})
/** The whole lab at one moment. */
export type LabState = z.infer<typeof LabState>

/** Operations on the lab as a whole. */
export const lab = {
  get: oc.route({ method: 'GET', path: '/lab', summary: 'The whole state' }).output(LabState),
  reset: oc.route({ method: 'POST', path: '/lab/reset', summary: 'Back to the starting state' }).output(LabState),
  setRecording: oc
    .route({ method: 'PATCH', path: '/recording', summary: 'Pause or resume recording, change its capacity' })
    .input(z.strictObject({ on: z.boolean().optional(), capacity: z.number().int().min(100).max(100_000).optional() }))
    .output(Recording),
}
