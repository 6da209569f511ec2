import type { Step } from '../../../contract/step.ts'

/** How often the steps of an exchange read and wrote a store, counted from the SQL they show as evidence. */
export interface StoreUse {
  readonly reads: number
  readonly writes: number
  /** Writes that wait to share one transaction with others; the answer did not wait for them. */
  readonly deferred: number
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i
const READS = /^\s*(SELECT|WITH)\b/i

/** Whether the exchange used a store at all. */
export const hasUsedStore = ({ reads, writes, deferred }: StoreUse): boolean => reads + writes + deferred > 0

/** Counts the statements that the steps show. A step without SQL did not reach a store. */
export function storeUseOf(steps: readonly Step[]): StoreUse {
  const statements = steps.flatMap(({ evidence: { sql, isDeferred } }) =>
    typeof sql === 'string' ? [{ sql, isDeferred: isDeferred === true }] : [],
  )
  const writes = statements.filter(({ sql }) => WRITES.test(sql))
  const deferred = writes.filter(({ isDeferred }) => isDeferred).length
  return { reads: statements.filter(({ sql }) => READS.test(sql)).length, writes: writes.length - deferred, deferred }
}
