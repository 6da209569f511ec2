import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMPARED, COMPARED_ROWS, type ComparisonRun } from '../../../src/contract/comparison.ts'
import { LESSONS } from '../../../src/lessons/all-lessons.ts'
import { i18n, startI18n } from '../../../src/renderer/i18n/index.ts'
import { cellFacts } from '../../../src/renderer/screens/compare/cell-facts.ts'
import { type Decision, decide, lessonOf, RECOMMENDATIONS, recommend } from '../../../src/renderer/screens/compare/decide.ts'
import { type DecisionRecord, recordOf, toHtml, toMarkdown } from '../../../src/renderer/screens/compare/decision-record.ts'
import { flipWords, reasonWords, recommendationWords } from '../../../src/renderer/screens/compare/decision-words.ts'
import { type Answers, FIRST_ANSWERS, QUESTION_NAMES, QUESTIONS } from '../../../src/renderer/state/answers.ts'
import { startTestLab } from '../../support/start-lab.ts'

const ALL: readonly Answers[] = QUESTION_NAMES.reduce<Answers[]>(
  (sofar, question) => sofar.flatMap((answers) => QUESTIONS[question].map((answer) => ({ ...answers, [question]: answer }))),
  [FIRST_ANSWERS],
)
const nameOf = (answers: Answers): string => Object.values(answers).join(' ')

/** Every number that the run measured, and the rates that the question names. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersOf) : []
}

let run: ComparisonRun
beforeAll(async () => {
  await startI18n('en')
  const lab = await startTestLab()
  run = (await lab.call('POST', '/comparison/run')).json
  await lab.close()
})

const decided = (answers: Answers, from = run): Decision => {
  const decision = decide(answers, from)
  if (!decision) throw new Error('The run did not measure everything.')
  return decision
}

describe('a decision, for every combination of answers', () => {
  test('there are 48 combinations, and each way of deciding is the answer to some', () => {
    expect(new Set(ALL.map(nameOf)).size).toBe(48)
    expect(new Set(ALL.map(recommend))).toEqual(new Set(RECOMMENDATIONS))
  })

  test.each(ALL.map((answers) => [nameOf(answers), answers] as const))('%s: reasons whose figures come from the run', (_name, answers) => {
    const { reasons, recommendation } = decided(answers)
    expect(reasons.map(({ key }) => key.split('.')[0])).toHaveLength(5)
    const measured = new Set(numbersOf(run.cells))
    for (const { key, figures, proof } of reasons) {
      expect(proof.length).toBeGreaterThan(0)
      expect(Object.keys(figures).length).toBeGreaterThan(0)
      for (const [name, figure] of Object.entries(figures)) {
        // Calls a second are the answer; what they take of the store is the answer times what was measured.
        if (figure.unit !== 'name' && !/^calls$|ASecond$/.test(name))
          expect(measured, `${recommendation} ${key} ${name}`).toContain(figure.value)
      }
    }
  })

  test.each(['en', 'zh-CN'])('each reason and flip is a sentence without a gap (%s)', async (language) => {
    await i18n.changeLanguage(language)
    for (const answers of ALL) {
      const { reasons, flips, ...decision } = decided(answers)
      const sentences = [...reasons.map(reasonWords), ...flips.map(flipWords), recommendationWords(decision)]
      for (const sentence of sentences) expect(sentence).not.toMatch(/\{\{|decide\.|undefined|NaN/)
    }
    await i18n.changeLanguage('en')
  })

  test('an answer that is said to flip it does lead there, and no other single answer leads elsewhere', () => {
    for (const answers of ALL) {
      const { flips, recommendation } = decided(answers)
      const elsewhere = QUESTION_NAMES.flatMap((question) =>
        QUESTIONS[question].filter((answer) => recommend({ ...answers, [question]: answer }) !== recommendation),
      )
      expect(flips.map(({ answer }) => answer)).toEqual(elsewhere)
      for (const { question, answer, to } of flips) expect(recommend({ ...answers, [question]: answer } as Answers)).toBe(to)
    }
  })

  test.each<[Partial<Answers>, Decision['recommendation']]>([
    [{}, 'session'],
    [{ rate: 'high' }, 'session'],
    [{ logout: 'minutes', rate: 'high' }, 'jwt-short'],
    [{ store: 'no' }, 'edge-session'],
    [{ key: 'others' }, 'edge-session'],
    [{ callers: 'mobile' }, 'session'],
    [{ callers: 'mobile', key: 'others' }, 'jwt-denylist'],
    [{ callers: 'services' }, 'jwt-denylist'],
    [{ callers: 'services', store: 'no' }, 'jwt-short'],
    [{ callers: 'services', logout: 'minutes', key: 'others', rate: 'high' }, 'jwt-short'],
  ])('%o leads to %s', (change, wanted) => {
    expect(decided({ ...FIRST_ANSWERS, ...change }).recommendation).toBe(wanted)
  })

  test('logout at once without a store is said not to be met, wherever tokens are recommended all the same', () => {
    for (const answers of ALL) {
      const { recommendation, reasons } = decided(answers)
      const isUnmet = reasons.some(({ key }) => key === 'logoutUnmet')
      expect(isUnmet).toBe(recommendation === 'jwt-short' && answers.logout === 'at-once')
    }
  })

  test('another run gives other sentences: no figure is written into the words', () => {
    const other = structuredClone(run)
    const session = other.cells.session
    if (!session) throw new Error('no session')
    session.revocation.firstRefusedMs = 4321
    expect(decided(FIRST_ANSWERS, other).reasons.map(reasonWords).join()).toContain('4321 ms')
    expect(decided(FIRST_ANSWERS).reasons.map(reasonWords).join()).not.toContain('4321 ms')
  })

  test.each(RECOMMENDATIONS)('there is a lesson for %s', (recommendation) => {
    expect(LESSONS.map(({ id }) => id)).toContain(lessonOf(recommendation))
  })

  test('a run that left a mechanism out decides nothing', () => {
    const { 'jwt-denylist': _, ...cells } = run.cells
    expect(decide(FIRST_ANSWERS, { ...run, cells })).toBeNull()
  })
})

describe('what a cell says', () => {
  afterAll(() => i18n.changeLanguage('en'))

  test.each(['en', 'zh-CN'])('every row of every mechanism has a headline, a reason, two bars and its exchanges (%s)', async (language) => {
    await i18n.changeLanguage(language)
    for (const compared of COMPARED) {
      for (const row of COMPARED_ROWS) {
        const facts = cellFacts(run, compared, row)
        expect(facts?.bars).toHaveLength(2)
        for (const text of [facts?.headline, facts?.reason, ...(facts?.tags ?? [])]) expect(text).not.toMatch(/\{\{|compare|undefined|NaN/)
        for (const { exchanges } of facts?.evidence ?? []) expect(exchanges.length).toBeGreaterThan(0)
        for (const { share } of facts?.bars ?? []) expect(share).toBeGreaterThanOrEqual(0)
        for (const { share } of facts?.bars ?? []) expect(share).toBeLessThanOrEqual(1)
      }
    }
  })

  test('a mechanism that was left out says nothing', () => {
    expect(cellFacts({ ...run, cells: {} }, 'session', 'storage')).toBeNull()
  })
})

describe('a decision record', () => {
  const record = (from = run): DecisionRecord =>
    recordOf(from, FIRST_ANSWERS, decided(FIRST_ANSWERS, from), { language: 'en', now: run.startedAt })

  test('as Markdown holds answers, decision, reasons, the table of measurements and the settings they were made under', () => {
    const markdown = toMarkdown(record())
    for (const reason of decided(FIRST_ANSWERS).reasons) expect(markdown.replaceAll('\\', '')).toContain(reasonWords(reason))
    for (const row of COMPARED_ROWS) {
      for (const compared of COMPARED) expect(markdown.replaceAll('\\', '')).toContain(cellFacts(run, compared, row)?.headline)
    }
    expect(markdown).toContain('Must logout work at once? Yes')
    expect(markdown).toContain(run.id)
    expect(markdown).toContain(`${run.settings.algorithm}, access token 15:00`)
    expect(markdown).toContain(`Node ${run.machine.node}`)
  })

  test('as HTML needs nothing else: no script, no address', () => {
    const html = toHtml(record())
    expect(html).not.toMatch(/<script|https?:\/\/|url\(|<link|<img/)
    expect(html).toContain("default-src 'none'")
    expect(html.match(/<table>/g)).toHaveLength(2)
  })

  test('a name from the machine becomes neither a tag of the HTML nor a mark of the Markdown', () => {
    const hostile = { ...run, machine: { ...run.machine, cpu: '<img src=x>|**bold**' } }
    expect(toHtml(record(hostile))).toContain('&lt;img src=x&gt;')
    expect(toHtml(record(hostile))).not.toContain('<img')
    expect(toMarkdown(record(hostile))).toContain('\\<img src=x\\>\\|\\*\\*bold\\*\\*')
  })
})
