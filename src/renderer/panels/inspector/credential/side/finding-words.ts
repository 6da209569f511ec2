import { sayFirst, sayList } from '../../../../i18n/say.ts'
import { clockTime } from '../../../../state/lab-time.ts'
import { span } from '../../dates.ts'

function wordOf(name: string, value: unknown): string {
  if (name === 'exp' && typeof value === 'number') return clockTime(value * 1000)
  if (name === 'seconds' && typeof value === 'number') return span(0, value * 1000)
  if (Array.isArray(value)) return sayList(value.map(String))
  if (value === null) return ''
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** The sentence on a finding, filled from its evidence; the one that needs none where something is missing. */
export function detailOf({
  code,
  evidence,
}: {
  readonly code: string
  readonly evidence: Readonly<Record<string, unknown>>
}): string | null {
  const params = Object.fromEntries(Object.entries(evidence).map(([name, value]) => [name, wordOf(name, value)]))
  return sayFirst([`findings:${code}.detail`, `findings:${code}.plain`], params)
}
