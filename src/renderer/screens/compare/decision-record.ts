import { COMPARED, COMPARED_ROWS, type ComparisonRun } from '../../../contract/comparison.ts'
import { escapeHtml } from '../../../protocol/html.ts'
import { say, sayOf } from '../../i18n/say.ts'
import type { Answers } from '../../state/answers.ts'
import { cellFacts } from './cell-facts.ts'
import type { Decision } from './decide.ts'
import { answersWords, fitWords, flipWords, reasonWords, recommendationWords } from './decision-words.ts'
import { countWords, lifetimeWords, msWords, octetsWords } from './figures.ts'

interface Table {
  readonly title: string
  /** The first is above the names of the lines. */
  readonly columns: readonly string[]
  readonly lines: readonly (readonly string[])[]
}

/** A page for a design review: what was asked for, what was decided and why, what was measured, and under which settings. */
export interface DecisionRecord {
  /** Of its words, as HTML names it. */
  readonly language: string
  readonly title: string
  readonly date: string
  readonly recommendation: string
  readonly fit: string
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[]
  readonly tables: readonly Table[]
  readonly settings: { readonly title: string; readonly lines: readonly string[] }
}

const words = (key: string, params: Record<string, string | number> = {}): string => say(`compare:record.${key}`, params)

function settingsLines(run: ComparisonRun, time: string): string[] {
  const { settings, machine, id, exchanges, version, durationMs } = run
  const seconds = (value: number): string => lifetimeWords(value * 1000)
  return [
    words('run', { id, time, exchanges: countWords(exchanges), seconds: (durationMs / 1000).toFixed(1), version }),
    words('lab', {
      algorithm: settings.algorithm,
      access: seconds(settings.lifetimes.accessToken),
      idle: seconds(settings.lifetimes.sessionIdle),
      claims: settings.extraClaims,
      latency: `${settings.storeLatencyMs} ms`,
    }),
    words('machine', machine),
    words('honest'),
  ]
}

function measuredTable(run: ComparisonRun): Table {
  return {
    title: words('measured'),
    columns: [say('compare:question'), ...COMPARED.map((compared) => say(`compare:mechanism.${compared}`))],
    lines: COMPARED_ROWS.map((row) => [
      say(`compare:row.${row}`),
      ...COMPARED.map((compared) => cellFacts(run, compared, row)?.headline ?? say('compare:notMeasured')),
    ]),
  }
}

function costTable(run: ComparisonRun): Table {
  return {
    title: words('costs'),
    columns: ['', words('credential'), words('wire'), words('reads'), words('writes'), words('p50'), words('p95')],
    lines: COMPARED.flatMap((compared) => {
      const fits = run.cells[compared]?.fits
      if (!fits) return []
      const { credentialBytes, wireBytes, storeReads, storeWrites, p50Ms, p95Ms } = fits
      const name = say(`compare:mechanism.${compared}`)
      return [
        [
          name,
          octetsWords(credentialBytes),
          octetsWords(wireBytes),
          countWords(storeReads),
          countWords(storeWrites),
          msWords(p50Ms),
          msWords(p95Ms),
        ],
      ]
    }),
  }
}

/** When it was written and when it was measured, as the reader's language has it. */
export interface RecordTimes {
  readonly language: string
  /** Real time, Unix milliseconds. */
  readonly now: number
}

/** The record of a decision in the language of the page. */
export function recordOf(run: ComparisonRun, answers: Answers, decision: Decision, { language, now }: RecordTimes): DecisionRecord {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' })
  return {
    language,
    title: words('title'),
    date: words('date', { time: format.format(now) }),
    recommendation: recommendationWords(decision),
    fit: fitWords(decision),
    sections: [
      { title: words('answers'), lines: answersWords(answers) },
      { title: words('reasons'), lines: decision.reasons.map(reasonWords) },
      { title: words('flip'), lines: decision.flips.length > 0 ? decision.flips.map(flipWords) : [say('compare:decide.noFlip')] },
    ],
    tables: [measuredTable(run), costTable(run)],
    settings: { title: words('settings'), lines: settingsLines(run, format.format(run.startedAt)) },
  }
}

/** Nothing of a machine's name may become a mark of the page. */
const plain = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`)

const markdownList = ({ title, lines }: { title: string; lines: readonly string[] }): string[] => [
  `## ${plain(title)}`,
  '',
  ...lines.map((line) => `- ${plain(line)}`),
  '',
]

const markdownTable = ({ title, columns, lines }: Table): string[] => {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`
  return [`## ${plain(title)}`, '', line(columns), `|${columns.map(() => '---').join('|')}|`, ...lines.map(line), '']
}

/** The record as Markdown (with the tables of GitHub). */
export function toMarkdown({ title, date, recommendation, fit, sections, tables, settings }: DecisionRecord): string {
  const head = [`# ${plain(title)}`, '', plain(date), '', `## ${sayOf(words('decision'), plain(recommendation))}`, '', plain(fit), '']
  return [...head, ...sections.flatMap(markdownList), ...tables.flatMap(markdownTable), ...markdownList(settings)].join('\n')
}

/** Prints on one page of A4. No script, nothing from elsewhere. */
const STYLE = `@page{size:A4;margin:11mm 12mm}*{box-sizing:border-box}
body{font:10px/1.38 system-ui,"PingFang SC","Microsoft YaHei UI","Noto Sans CJK SC",sans-serif;color:#12151b;max-width:186mm;margin:0 auto;padding:4mm 0}
h1{font-size:16px;margin:0}h2{font-size:11px;margin:8px 0 2px}p{margin:0}ul{margin:0;padding-left:14px}.date,.fit{color:#414957}
.decision{font-size:14px;font-weight:600;margin:5px 0 0}.sections{columns:1}table{border-collapse:collapse;width:100%;margin-top:2px}
th,td{border:1px solid #cfd5dd;padding:2px 5px;text-align:left;vertical-align:top}th{background:#f0f2f5;font-weight:600}td:first-child{font-weight:600}
.settings{color:#414957;font-size:9px}@media screen{body{font-size:13px}h1{font-size:22px}h2{font-size:15px}.decision{font-size:19px}.settings{font-size:12px}}`

const htmlList = (lines: readonly string[]): string => `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`

/** A number and its unit stay on one line. */
const unbroken = (cell: string): string => cell.replaceAll(/(\d) (µs|ms|s|B)\b/g, '$1\u00a0$2')

const htmlTable = ({ title, columns, lines }: Table): string => {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('')
  const rows = lines.map((line) => `<tr>${line.map((cell) => `<td>${escapeHtml(unbroken(cell))}</td>`).join('')}</tr>`).join('')
  return `<h2>${escapeHtml(title)}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

/** The record as one HTML file that needs nothing else, and prints on one page. */
export function toHtml({ language, title, date, recommendation, fit, sections, tables, settings }: DecisionRecord): string {
  const lists = sections.map((section) => `<h2>${escapeHtml(section.title)}</h2>${htmlList(section.lines)}`).join('')
  return `<!doctype html>
<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="date">${escapeHtml(date)}</p>
<p class="decision">${escapeHtml(recommendation)}</p><p class="fit">${escapeHtml(fit)}</p>
${lists}${tables.map(htmlTable).join('')}
<div class="settings"><h2>${escapeHtml(settings.title)}</h2>${htmlList(settings.lines)}</div>
</body></html>
`
}
