import type { Node, NodeChange } from '../../contract/nodes.ts'
import type { TargetKeys } from '../target-keys.ts'
import type { NodePlan } from './cluster-node.ts'
import type { ClusterSettings } from './cluster-options.ts'
import type { AskNode } from './nodes-directory.ts'
import type { RemoteAddress } from './remote-node.ts'
import type { Upstream } from './upstream.ts'

/** The nodes that run the target, each in its own worker thread or, given by URL, as a process of its own. All operations resolve when their effect is in force. */
export interface Cluster {
  readonly isRolling: boolean
  nodes(): Node[]
  /** Nodes that take requests, for the balancer. */
  upstreams(): readonly Upstream[]
  /** For what the nodes that are up keep in their memory. */
  directories(): readonly AskNode[]
  /** The node whose own requests carry this tag; null when it is nobody's. */
  nodeByTag(tag: string): string | null
  /** A request to it failed: its health is checked now. */
  suspect(upstream: Upstream): void
  /**
   * @param address of a target that is a process of its own; a new thread when absent
   * @throws LabError `conflict` when there are sixteen already, that one is there already or does not answer, `host-not-allowed`, or `node-failed`
   */
  add(address?: RemoteAddress): Promise<Node>
  /** Finishes what is in flight first. @throws LabError `not-found`, or `conflict` for the last one. */
  remove(id: string): Promise<void>
  /** @throws LabError `not-found`, or `conflict` when it is down already or no thread of this lab. */
  kill(id: string): Promise<Node>
  /** @throws LabError `not-found`, `conflict` when it is up or no thread of this lab, or `node-failed`. */
  start(id: string): Promise<Node>
  /** Loses no request. @throws LabError `not-found`, `conflict` when it is down or no thread of this lab, or `node-failed`. */
  restart(id: string): Promise<Node>
  /** @throws LabError `not-found`, or `conflict` unless it is up. */
  drain(id: string): Node
  /** @throws LabError `not-found`, `conflict` when it is no thread of this lab, or `node-failed`. */
  change(id: string, change: NodeChange): Promise<Node>
  /** A rolling restart: one node after the other is replaced by a run with the new settings, without losing a request. @throws LabError `node-failed` */
  configure(change: ClusterSettings): Promise<void>
  /** Every node that is not frozen works by these keys when it resolves; none is restarted. @throws LabError `node-failed` */
  setKeys(keys: TargetKeys): Promise<void>
  /** Every node that is up writes the touches it holds back. */
  flush(): Promise<void>
  /** Reads the counters of every node now, instead of at their next turn. */
  measure(): Promise<void>
  /** As many nodes as at the start, new threads, with these settings; one of them puts the target's data back to the start. */
  reset(change: ClusterSettings & { keys: TargetKeys }): Promise<void>
  /** How the nodes that are threads of this lab could be started again. */
  plans(): Promise<NodePlan[]>
  /**
   * Nodes like these, with these settings, in the place of all that there are. Where only what they know is to change, they stay.
   * @param meanwhile carried out while no node works; when it fails, nodes that were to be started are not
   * @throws LabError `node-failed`
   */
  replace(change: ClusterSettings & { keys: TargetKeys }, plans: readonly NodePlan[], meanwhile: () => Promise<void>): Promise<void>
  /** Within two seconds. */
  close(): Promise<void>
}
