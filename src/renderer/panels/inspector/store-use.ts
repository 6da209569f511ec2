import type { Step } from '../../../contract/step.ts'

/** How often the steps of an exchange read and wrote a store, counted from the SQL they show as evidence. */
export interface StoreUse {
  readonly reads: number
  readonly writes: number
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i
const READS = /^\s*(SELECT|WITH)\b/i

/** Counts the statements that the steps show. A step without SQL did not reach a store. */
export function storeUseOf(steps: readonly Step[]): StoreUse {
  const statements = steps.map(({ evidence }) => evidence['sql']).filter((sql) => typeof sql === 'string')
  return {
    reads: statements.filter((sql) => READS.test(sql)).length,
    writes: statements.filter((sql) => WRITES.test(sql)).length,
  }
}
