import type { AssessmentItem } from '../../../contract/assessment.ts'
import { say, sayList, sayOf } from '../../i18n/say.ts'
import { itemDetail, itemFix, itemTitle } from './item-words.ts'

/** Nothing of an archive may become a line or a mark of the report. */
const plain = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`)

function itemLines(item: AssessmentItem): string[] {
  const { subject, clause, severity, entries, evidence } = item
  const detail = itemDetail(item)
  const fix = itemFix(item)
  const lines = [`### ${plain(itemTitle(item))}`, '']
  if (subject !== null) lines.push(`- ${plain(say('assessment:subject', { subject }))}`)
  if (detail !== null) lines.push(`- ${plain(detail)}`)
  lines.push(`- ${sayList([say('assessment:severity', { severity }), clause ?? say('assessment:noClause')])}`)
  if (fix !== null) lines.push(`- ${sayOf(say('assessment:fix'), plain(fix))}`)
  if (Object.keys(evidence).length > 0) lines.push(`- ${sayOf(say('assessment:evidence'), plain(JSON.stringify(evidence)))}`)
  for (const { index, method, url } of entries) lines.push(`- #${index} ${plain(`${method} ${url}`)}`)
  return [...lines, '']
}

/** An assessment as Markdown, in the language of the page. @param about what was assessed, and when */
export function reportOf(items: readonly AssessmentItem[], about: readonly string[]): string {
  const parts = (['fail', 'pass', 'not-applicable'] as const).flatMap((result) => {
    const own = items.filter((item) => item.result === result)
    return own.length === 0 ? [] : [`## ${say(`assessment:result.${result}`)} (${own.length})`, '', ...own.flatMap(itemLines)]
  })
  return [`# ${say('assessment:reportTitle')}`, '', ...about.map(plain), '', ...parts].join('\n')
}
