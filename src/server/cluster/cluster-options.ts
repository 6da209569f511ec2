import type { Node } from '../../contract/nodes.ts'
import type { Step } from '../../contract/step.ts'
import type { AllowedHosts } from '../allowed-hosts.ts'
import type { LabError } from '../errors.ts'
import type { NodeSettings, NodeTrace } from './node-messages.ts'

/** How a cluster is started. */
export interface ClusterOptions {
  /** How many nodes. */
  nodes: number
  settings: NodeSettings
  onTrace(trace: NodeTrace): void
  /** Of a node given by URL, which may keep sessions elsewhere; `onTrace` when absent. */
  onRemoteTrace?(trace: NodeTrace): void
  /** The steps of an exchange will not come. */
  onUntraced?(exchangeId: string, step: Step): void
  /** Where nodes given by URL may be; this machine only when absent. */
  allowedHosts?: AllowedHosts
  /** On every change of state; for counters at most once a second. */
  onNodeChange(node: Node): void
  /** The node is gone for good. */
  onNodeRemoved?(id: string): void
  /** The node's thread ended by itself, and why; `onNodeChange` follows. */
  onNodeCrash(id: string, failure: LabError): void
  /** Health checks failed, or succeed again; `onNodeChange` follows. */
  onReachable?(id: string, isReachable: boolean): void
  /** A rolling restart began or ended. */
  onRolling?(isRolling: boolean): void
}

/** What all nodes can be given anew while the lab runs. */
export type ClusterSettings = Partial<
  Pick<
    NodeSettings,
    | 'store'
    | 'redisUrl'
    | 'leewaySeconds'
    | 'revocation'
    | 'recheckAccount'
    | 'cookiePrefix'
    | 'extraClaims'
    | 'introspectionUrl'
    | 'lifetimes'
    | 'longestTokenSeconds'
    | 'weaknesses'
  >
>
