import type { Step } from '../../../../contract/step.ts'

/** A row of the session store as evidence shows it. */
export type EvidenceRow = Readonly<Record<string, unknown>>

/** What an exchange did to a session row. A side is null where there was no row, and undefined where the steps do not say. */
export interface SessionChange {
  readonly before: EvidenceRow | null | undefined
  readonly after: EvidenceRow | null | undefined
}

const SESSION_KINDS: ReadonlySet<Step['kind']> = new Set([
  'session-lookup',
  'session-idle-timeout',
  'session-absolute-timeout',
  'session-regenerate',
  'session-write',
  'session-touch',
  'session-destroy',
])

const isRow = (value: unknown): value is EvidenceRow => typeof value === 'object' && value !== null && !Array.isArray(value)
const asRow = (value: unknown): EvidenceRow | null | undefined => (value === null ? null : isRow(value) ? value : undefined)

/** Puts together what the steps show of the session row; null when no step touched one. */
export function sessionChangeOf(steps: readonly Step[]): SessionChange | null {
  let before: EvidenceRow | null | undefined
  let after: EvidenceRow | null | undefined
  let isTouched = false
  for (const { kind, evidence } of steps) {
    if (!SESSION_KINDS.has(kind)) continue
    isTouched ||= 'row' in evidence || 'before' in evidence || 'after' in evidence
    const first = asRow('before' in evidence ? evidence['before'] : evidence['row'])
    if (before === undefined) before = first
    const last = asRow('after' in evidence ? evidence['after'] : evidence['row'])
    if (last !== undefined) after = last
  }
  return isTouched ? { before, after } : null
}

/** Names of the fields that differ between two rows. */
export function changedFields(before: EvidenceRow, after: EvidenceRow): ReadonlySet<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return new Set([...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])))
}
