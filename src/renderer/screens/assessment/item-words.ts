import type { AssessmentItem } from '../../../contract/assessment.ts'
import { hasWords, type Params, say, sayFirst, sayList } from '../../i18n/say.ts'
import { secondsWords } from '../../panels/credential-settings/duration.ts'

/** Answers to questions about a cookie or a token have the words of the findings. */
const findingOf = (code: string): string | null => /^(?:cookie|token)-(.+)$/.exec(code)?.[1] ?? null

const isFinding = (code: string): boolean => !hasWords(`assessment:item.${code}.title`) && findingOf(code) !== null

/** Evidence that is a length of time, in seconds. */
const DURATIONS: ReadonlySet<string> = new Set([
  'seconds',
  'limit',
  'everySeconds',
  'livesOnSeconds',
  'staleSeconds',
  'leewaySeconds',
  'absolute',
  'idle',
])

function wordOf(code: string, name: string, value: unknown): string {
  if (Array.isArray(value)) return sayList(value.map(String))
  // The limit of a cookie is one of octets.
  return typeof value === 'number' && DURATIONS.has(name) && !code.endsWith('too-large-for-cookie') ? secondsWords(value) : String(value)
}

function wordsOf({ code, evidence }: Pick<AssessmentItem, 'code' | 'evidence'>): Params {
  const words = Object.fromEntries(Object.entries(evidence).map(([name, value]) => [name, wordOf(code, name, value)]))
  const { found } = evidence
  return typeof found === 'number' ? { ...words, count: found } : words
}

/** What is asked for, in a few words. */
export const itemTitle = ({ code, result }: AssessmentItem): string =>
  isFinding(code) ? say(`findings:${findingOf(code)}.${result === 'fail' ? 'title' : 'passed'}`) : say(`assessment:item.${code}.title`)

/** What was found; null when the title says it all. */
export function itemDetail(item: AssessmentItem): string | null {
  const { code, result } = item
  const params = wordsOf(item)
  if (isFinding(code)) {
    const finding = findingOf(code)
    return result === 'fail' ? sayFirst([`findings:${finding}.detail`, `findings:${finding}.plain`], params) : null
  }
  return result === 'not-applicable' ? say('assessment:notFound') : say(`assessment:item.${code}.${result}`, params)
}

/** What to do about it; null when nothing has to be done. */
export const itemFix = ({ code, result, evidence }: AssessmentItem): string | null => {
  if (result !== 'fail') return null
  return isFinding(code) ? say(`assessment:fixOf.${findingOf(code)}`) : say(`assessment:item.${code}.fix`, wordsOf({ code, evidence }))
}
