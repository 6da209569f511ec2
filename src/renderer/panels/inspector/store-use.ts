import type { StoreKind } from '../../../contract/cluster.ts'
import type { Step } from '../../../contract/step.ts'
import { isRead, storeOf } from './sequence/store-steps.ts'

/** How often the steps of an exchange read and wrote a store, whichever kind of store it is. */
export interface StoreUse {
  readonly reads: number
  readonly writes: number
  /** Writes that wait to share one transaction with others; the answer did not wait for them. */
  readonly deferred: number
}

/** Whether the exchange used a store at all. */
export const hasUsedStore = ({ reads, writes, deferred }: StoreUse): boolean => reads + writes + deferred > 0

/** Counts the steps that used a store. A node's own memory is one too: it shows no command, only the kind of the step. */
export function storeUseOf(steps: readonly Step[]): StoreUse {
  const used = steps.filter((step) => storeOf(step) !== null)
  const writes = used.filter((step) => !isRead(step))
  const deferred = writes.filter(({ evidence }) => evidence['isDeferred'] === true).length
  return { reads: used.length - writes.length, writes: writes.length - deferred, deferred }
}

/** Where the exchange found its session; null when it looked for none. Accounts and limits are in the database whatever this says. */
export function sessionStoreOf(steps: readonly Step[]): StoreKind | null {
  const step = steps.find((candidate) => candidate.kind.startsWith('session-') && storeOf(candidate) !== null)
  return step ? storeOf(step) : null
}
