import { ClusterChange } from '../../contract/cluster.ts'

/** The ways of revocation that can be put in force. */
export const SETTABLE_WAYS = ClusterChange.shape.revocation.unwrap().options
/** A way of revocation that can be put in force. */
export type SettableWay = (typeof SETTABLE_WAYS)[number]
