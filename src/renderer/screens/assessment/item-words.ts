import type { AssessmentItem } from '../../../contract/assessment.ts'
import { hasWords, say, sayFirst } from '../../i18n/say.ts'

/** Answers to questions about a cookie or a token have the words of the findings. */
const findingOf = (code: string): string | null => /^(?:cookie|token)-(.+)$/.exec(code)?.[1] ?? null

const isFinding = (code: string): boolean => !hasWords(`assessment:item.${code}.title`) && findingOf(code) !== null

const wordsOf = (evidence: AssessmentItem['evidence']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [name, Array.isArray(value) ? value.map(String).join(', ') : String(value)]),
  )

/** What is asked for, in a few words. */
export const itemTitle = ({ code, result }: AssessmentItem): string =>
  isFinding(code) ? say(`findings:${findingOf(code)}.${result === 'fail' ? 'title' : 'passed'}`) : say(`assessment:item.${code}.title`)

/** What was found; null when the title says it all. */
export function itemDetail({ code, result, evidence }: AssessmentItem): string | null {
  const params = wordsOf(evidence)
  if (isFinding(code)) {
    const finding = findingOf(code)
    return result === 'fail' ? sayFirst([`findings:${finding}.detail`, `findings:${finding}.plain`], params) : null
  }
  return result === 'not-applicable' ? say('assessment:notFound') : say(`assessment:item.${code}.${result}`, params)
}

/** What to do about it; null when nothing has to be done. */
export const itemFix = ({ code, result, evidence }: AssessmentItem): string | null => {
  if (result !== 'fail') return null
  return isFinding(code) ? say(`assessment:fixOf.${findingOf(code)}`) : say(`assessment:item.${code}.fix`, wordsOf(evidence))
}
