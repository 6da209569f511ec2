import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { SessionRow } from '../../contract/sessions.ts'
import type { Verdict } from '../../contract/verdict.ts'

/** What every node of a cluster is started with; cloned into the worker. */
export interface NodeSettings {
  targetDatabaseFile: string
  clockBuffer: SharedArrayBuffer
  keys: { cookieSecrets: string[]; tokenKeyId: string; tokenSecret: Uint8Array }
  /** Seconds. */
  lifetimes: { sessionIdle: number; sessionAbsolute: number; accessToken: number }
  issuer: string
  audience: string
  isTracing: boolean
}

/** What one worker is started with. */
export interface NodeWorkerData extends NodeSettings {
  nodeId: string
  /** How far this node's clock is off from the lab's, milliseconds. */
  clockSkewMs: number
  portalDir: string
  /** What proves the balancer to this run of the node. */
  balancerSecret: string
}

/** What the target did for one exchange; its steps are a JSON array that nobody parses before someone asks. */
export interface NodeTrace {
  exchangeId: string
  verdict: Verdict
  mechanism: ExchangeMechanism
  account: string | null
  stepsJson: string
  sessions: SessionRow[]
  endedSessions: string[]
}

/** What a node can be told to do; each is acknowledged. */
export type NodeOrder = 'flush' | 'reset' | 'stats' | 'close'

/** A message to a node. */
export interface ToNode {
  orderId: number
  order: NodeOrder
}

/** A message from a node. `memoryBytes` is heap and external memory of its thread. */
export type FromNode =
  | { kind: 'listening'; port: number }
  | { kind: 'traces'; traces: NodeTrace[] }
  | { kind: 'done'; orderId: number; memoryBytes: number }
  | { kind: 'failed'; orderId: number; message: string }
