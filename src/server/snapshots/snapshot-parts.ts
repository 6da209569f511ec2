import { z } from 'zod'
import { JarCookie, VaultToken } from '../../contract/clients.ts'
import { MAX_OFFSET_MS } from '../../contract/clock.ts'
import { ClusterState, StoreKind, StrategyName } from '../../contract/cluster.ts'
import { MAX_LIFETIME_SECONDS } from '../../contract/lifetimes.ts'
import { Mechanism } from '../../contract/mechanism.ts'
import { MAX_LATENCY_MS, MAX_NODES, MAX_SKEW_MS } from '../../contract/nodes.ts'
import { TokenAlgorithm } from '../../contract/token-algorithm.ts'
import { MAX_CLIENTS } from '../clients/client-pool.ts'
import { MemoryContents } from '../storage/memory-contents.ts'
import type { SecretJwk } from '../target-keys.ts'

const Name = z.string().min(1).max(200)

const KeptCookie = JarCookie.extend({ isHostOnly: z.boolean() })
const KeptClient = z.object({
  id: Name,
  name: Name,
  account: Name,
  device: Name,
  mechanism: Mechanism,
  isAttacker: z.boolean(),
  cookies: z.array(KeptCookie).max(1000),
  vault: z.array(VaultToken).max(1000),
  discarded: z.array(VaultToken).max(10_000),
  accessCookie: Name,
})
const KeptNode = z.object({
  id: z.string().regex(/^node-[1-9]\d{0,5}$/),
  clockSkewMs: z.number().int().min(-MAX_SKEW_MS).max(MAX_SKEW_MS),
  latencyMs: z.number().int().min(0).max(MAX_LATENCY_MS),
  isDown: z.boolean(),
  /** Null unless the session store is `memory`, and credentials are kept. */
  memory: MemoryContents.nullable(),
})

const Credentials = ClusterState.pick({
  leewaySeconds: true,
  revocation: true,
  recheckAccount: true,
  cookiePrefix: true,
  extraClaims: true,
  lifetimes: true,
})

/** Schema of what of a lab is not in its databases. */
export const SnapshotParts = z.object({
  clock: z.object({
    labTime: z
      .number()
      .int()
      .refine((time) => Math.abs(time - Date.now()) < 2 * MAX_OFFSET_MS, 'is no time of a lab clock'),
    isPaused: z.boolean(),
  }),
  cluster: z.object({
    strategy: StrategyName,
    store: StoreKind,
    storeLatencyMs: z.number().int().min(0).max(MAX_LATENCY_MS),
    isStoreOut: z.boolean(),
    credentials: Credentials,
    longestTokenSeconds: z.number().int().min(1).max(MAX_LIFETIME_SECONDS),
  }),
  nodes: z.array(KeptNode).min(1).max(MAX_NODES),
  clients: z.array(KeptClient).max(MAX_CLIENTS),
  recording: z.object({ isOn: z.boolean(), capacity: z.number().int().min(100).max(100_000) }),
  leftOut: z.array(z.enum(['redis', 'remote-nodes'])),
})
/** What of a lab is not in its databases. */
export type SnapshotParts = z.infer<typeof SnapshotParts>

const Jwk = z
  .looseObject({ kty: z.string() })
  .pipe(z.custom<SecretJwk>((jwk) => Object.values(jwk as object).every((member) => typeof member === 'string')))

const NodeSecrets = z.object({
  id: Name,
  /** The keys that it stays at while it is frozen, and since when on the lab clock; null when it follows the cluster. */
  frozen: z
    .object({
      sinceMs: z.number(),
      keys: z.object({
        cookieSecrets: z.array(z.string().min(1)).min(1),
        tokenKeys: z.array(z.object({ kid: Name, alg: TokenAlgorithm, isSigning: z.boolean(), jwk: Jwk })),
        clientSecret: z.string().optional(),
        nextKeyAt: z.number().nullable().optional(),
      }),
    })
    .nullable(),
  /** Null when it uses the cluster's. */
  ownCookieSecret: z.string().min(16).nullable(),
})
/** What is secret of a node. */
export type NodeSecrets = z.infer<typeof NodeSecrets>

/** Schema of the keys of a lab; `records` is what its keys file holds, as text. */
export const SnapshotKeys = z.object({ records: z.string(), nodes: z.array(NodeSecrets).max(MAX_NODES) })
/** The keys of a lab. */
export type SnapshotKeys = z.infer<typeof SnapshotKeys>
