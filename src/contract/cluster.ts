import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Lifetimes, LifetimesChange } from './lifetimes.ts'
import { MAX_LATENCY_MS } from './nodes.ts'
import { RevocationWay } from './revocation.ts'

/** Names of the balancer's strategies. */
export const STRATEGIES = ['round-robin', 'least-connections', 'random', 'sticky'] as const
/** Kinds of session stores. */
export const STORE_KINDS = ['memory', 'sqlite', 'redis'] as const
/** The most that a node may be lenient about a token's times, seconds. */
export const MAX_LEEWAY_SECONDS = 300

/** The most groups that an access token may be made to name. */
export const MAX_EXTRA_CLAIMS = 100

/** Schema of a strategy's name. */
export const StrategyName = z.enum(STRATEGIES)
/** How the balancer chooses a node. */
export type StrategyName = z.infer<typeof StrategyName>
/** Schema of a store kind. */
export const StoreKind = z.enum(STORE_KINDS)
/** Where sessions live: `memory` (each node its own), `sqlite` (one file), `redis` (one server). */
export type StoreKind = z.infer<typeof StoreKind>

/** Schema of what all nodes have in common. */
export const ClusterState = z.object({
  strategy: StrategyName,
  store: StoreKind,
  /** Where Redis answers, without its password; null unless the store is `redis`. */
  redisUrl: z.string().nullable(),
  /** Redis was started by this lab and ends with it. */
  isRedisOwn: z.boolean(),
  /** Whether `redis-server` is installed here, so that the lab can start one. */
  canStartRedis: z.boolean(),
  /** `unreachable`: Redis does not answer; the nodes refuse what needs a session and try again by themselves. */
  storeState: z.enum(['ok', 'unreachable']),
  /** Added before every use of the session store, milliseconds. */
  storeLatencyMs: z.number(),
  /** Every use of the session store fails, as if it were gone. */
  isStoreOut: z.boolean(),
  /** How lenient all nodes are about a token's `exp` and `nbf`, seconds (RFC 7519 §4.1.4). */
  leewaySeconds: z.number(),
  /** How access tokens end before their `exp`. */
  revocation: RevocationWay,
  /** After a token has verified its account is read: what the operator changed of it counts at once. */
  recheckAccount: z.boolean(),
  /** Cookies that carry tokens are `__Host-access_token` and `__Secure-refresh_token`, both `Secure` (RFC 6265bis §4.1.3). */
  cookiePrefix: z.boolean(),
  /** How many groups every access token names in its claim `groups`: what grows in real tokens. */
  extraClaims: z.number().int(),
  lifetimes: Lifetimes,
  /** A rolling restart is under way. */
  isRolling: z.boolean(),
})
/** What all nodes have in common. */
export type ClusterState = z.infer<typeof ClusterState>

/** What can be changed of the cluster while the lab runs. Store, leeway, revocation, re-check, cookies, claims and lifetimes restart the nodes one after the other. */
export const ClusterChange = z.strictObject({
  strategy: StrategyName.optional(),
  store: StoreKind.optional(),
  /** With `store: redis`: a server that runs already. Without it the lab starts one of its own. */
  redisUrl: z
    .url({ protocol: /^redis$/ })
    .max(300)
    .optional(),
  /** Ends the lab's own Redis, or starts it again, empty. */
  redisRunning: z.boolean().optional(),
  storeLatencyMs: z.number().int().min(0).max(MAX_LATENCY_MS).optional(),
  storeOut: z.boolean().optional(),
  leewaySeconds: z.number().int().min(0).max(MAX_LEEWAY_SECONDS).optional(),
  revocation: RevocationWay.optional(),
  recheckAccount: z.boolean().optional(),
  cookiePrefix: z.boolean().optional(),
  extraClaims: z.number().int().min(0).max(MAX_EXTRA_CLAIMS).optional(),
  lifetimes: LifetimesChange.optional(),
})
/** What can be changed of the cluster while the lab runs. */
export type ClusterChange = z.infer<typeof ClusterChange>

/** Operations on what all nodes have in common. */
export const cluster = {
  get: oc.route({ method: 'GET', path: '/cluster', summary: 'Strategy, session store and what all nodes share' }).output(ClusterState),
  change: oc
    .route({ method: 'PATCH', path: '/cluster', summary: 'Change them; answers when every node has the new settings' })
    .input(ClusterChange)
    .output(ClusterState),
}
