import type { Node, NodeChange } from '../../contract/nodes.ts'
import type { Step } from '../../contract/step.ts'
import type { LabError } from '../errors.ts'
import type { MemoryContents } from '../storage/memory-contents.ts'
import type { TargetKeys } from '../target-keys.ts'
import type { CheckedNode } from './health-checks.ts'
import type { NodeKeysCondition } from './node-keys.ts'
import type { NodeSettings, NodeTrace } from './node-messages.ts'
import type { NodeThread } from './node-thread.ts'
import type { Upstream } from './upstream.ts'

/** What a node tells its cluster. */
export interface NodeListeners {
  traces(traces: NodeTrace[]): void
  /** Its steps of this exchange will not come, and the step says why. */
  untraced(exchangeId: string, step: Step): void
  /** State or counters are different now. */
  changed(node: ClusterNode): void
  /** The thread ended and nobody had asked for it. */
  crashed(node: ClusterNode, failure: LabError): void
  /** Health checks failed, or succeed again. */
  reachable(node: ClusterNode, isReachable: boolean): void
}

/** How a node is to be started again. */
export interface NodePlan {
  readonly id: string
  readonly clockSkewMs: number
  readonly latencyMs: number
  /** It is not started. */
  readonly isDown: boolean
  /** Null: it follows the cluster's. */
  readonly keys: NodeKeysCondition | null
  /** What is in its memory; null where nothing is to be kept there. */
  readonly memory: MemoryContents | null
}

/** Waits for its turn among the changes that replace runs of nodes. */
export type Roll = (work: () => Promise<void>) => Promise<void>

/** One node of a cluster: a thread of this lab, or a process of its own. */
export interface ClusterNode extends CheckedNode {
  readonly id: string
  /** Null unless it takes requests. */
  readonly upstream: Upstream | null
  /** Null unless it is a thread of this lab that runs. */
  readonly thread: NodeThread | null
  snapshot(): Node
  /** Reads its counters, and announces it when they have changed. */
  measure(): Promise<void>
  /** @throws LabError `conflict` when it is up, starting or not ours to start, `node-failed` when it does not come up. */
  start(): Promise<void>
  /** Loses no request. @throws LabError `conflict` when it is down or not ours to restart, `node-failed` */
  restart(roll: Roll): Promise<void>
  /** Works by these settings from now on, where they are ours to give. @throws LabError `node-failed` */
  configure(settings: NodeSettings): Promise<void>
  /** Works by these keys from now on, without a new run; a frozen node does not, nor one that has its keys from elsewhere. @throws LabError `node-failed` */
  setKeys(keys: TargetKeys): Promise<void>
  /** Acts at once. @throws LabError `conflict` when it is not ours to change, `node-failed` */
  change(change: NodeChange): Promise<void>
  /** @throws LabError `conflict` unless it is up. */
  drain(): void
  /** @throws LabError `conflict` when it is down already or not ours to kill. */
  kill(): Promise<void>
  /** Finishes what is in flight, and is closed. */
  stop(): Promise<void>
  /** Nothing more is sent to it; a thread of ours ends. */
  close(): Promise<void>
}
