import type { StoreKind } from '../../contract/cluster.ts'
import type { Lifetimes } from '../../contract/lifetimes.ts'
import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { RevocationWay } from '../../contract/revocation.ts'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Verdict } from '../../contract/verdict.ts'
import type { WeaknessId } from '../../contract/weaknesses.ts'
import type { CredentialNotes } from '../credential-notes.ts'
import type { MemoryContents } from '../storage/memory-contents.ts'
import type { TargetKeys } from '../target-keys.ts'
import type { DirectoryCall } from './nodes-directory.ts'
import type { TraceBatch } from './trace-batch.ts'

/** What every node of a cluster is started with; cloned into the worker. A change of it restarts the nodes. */
export interface NodeSettings {
  targetDatabaseFile: string
  clockBuffer: SharedArrayBuffer
  /** Of `StoreDials`. */
  storeDials: SharedArrayBuffer
  keys: TargetKeys
  store: StoreKind
  /** With its password; null unless the store is `redis`. */
  redisUrl: string | null
  /** How lenient nodes are about `exp` and `nbf`. */
  leewaySeconds: number
  revocation: RevocationWay
  recheckAccount: boolean
  cookiePrefix: boolean
  extraClaims: number
  /** Where nodes ask about tokens under the way `introspection`; null before there is a balancer. */
  introspectionUrl: string | null
  lifetimes: Lifetimes
  /** The longest that any access token which is out can have been given to live. */
  longestTokenSeconds: number
  issuer: string
  audience: string
  isTracing: boolean
  /** Naive variants that nodes work with in the place of sound code. */
  weaknesses: readonly WeaknessId[]
}

/** What one worker is started with. */
export interface NodeWorkerData extends NodeSettings {
  nodeId: string
  /** Of `NodeDials`. */
  dials: SharedArrayBuffer
  portalDir: string
  /** What proves the balancer to this run of the node. */
  balancerSecret: string
  /** By which the balancer tells that a request is this node's own. */
  callTag: string
}

/** What the target did for one exchange; its steps are JSON that `readSteps` reads when someone asks. */
export interface NodeTrace extends CredentialNotes {
  exchangeId: string
  verdict: Verdict
  mechanism: ExchangeMechanism
  account: string | null
  stepsJson: string
  sessions: SessionRow[]
  endedSessions: string[]
}

/** What a node tells of itself. Counters run since its thread was started or the lab was reset. */
export interface NodeStats {
  /** Heap and external memory of its thread. */
  memoryBytes: number
  /** CPU time of its thread, milliseconds; where Node cannot tell, the time its event loop was busy. */
  cpuMs: number
  /** Sessions in its own memory; null unless the store is `memory`. */
  sessions: number | null
  storeReads: number
  storeWrites: number
  tokensVerified: number
  revocationReads: number
}

/** What a node can be told to do; each is acknowledged with its {@link NodeStats}. */
export type NodeOrder = 'flush' | 'reset' | 'stats' | 'close' | 'dump'

/** The keys to work by from now on: a refresh, as of a JWKS that is fetched again. */
export interface KeysOrder {
  setKeys: TargetKeys
}

/** Take this in the place of what is in its memory. */
export interface LoadOrder {
  load: MemoryContents
}

/** A message to a node. */
export interface ToNode {
  orderId: number
  order: NodeOrder | KeysOrder | LoadOrder | DirectoryCall
}

/** A message from a node. */
export type FromNode =
  | { kind: 'listening'; port: number }
  | { kind: 'traces'; batch: TraceBatch }
  | { kind: 'done'; orderId: number; stats: NodeStats; answer?: unknown }
  | { kind: 'failed'; orderId: number; message: string }
