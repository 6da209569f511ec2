import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { LessonInput } from '../../src/contract/lessons/lesson.ts'
import { LESSONS } from '../../src/lessons/all-lessons.ts'

interface Paragraph {
  readonly lesson: string
  readonly where: string
  readonly en: string
  readonly clauses: readonly string[]
  readonly isLabFact: boolean
}

/** Everything that states facts: narrative, why a choice is right or wrong, what it means afterwards. */
function paragraphsOf({ id, steps }: LessonInput): Paragraph[] {
  return steps.flatMap(({ id: step, narrative, predict, after }) =>
    [...narrative, ...(predict?.choices.map(({ why }) => why) ?? []), ...(after ?? [])].map(
      ({ en, clauses = [], isLabFact = false }): Paragraph => ({ lesson: id, where: `${id}/${step}: ${en}`, en, clauses, isLabFact }),
    ),
  )
}
const PARAGRAPHS = LESSONS.flatMap(paragraphsOf)

const TABLE = readFileSync(new URL('../../docs/clauses.md', import.meta.url), 'utf8')
  .split('\n')
  // What the screens cite besides has two columns.
  .filter((line) => /^\| .+ \| .+ \| .+ \|$/.test(line) && !line.startsWith('| clause'))
  .map((line) => {
    const [clause = '', says = '', lessons = ''] = line.slice(2, -2).split(' | ')
    return { clause, says, lessons }
  })

const DOCUMENTS = /^(RFC \d{4}(bis)?|HTML|Fetch|OpenID Connect Core|NIST SP 800-63B-4|CSP 3) §\d+(\.\d+)*$|^OWASP ASVS 5 V\d+\.\d+\.\d+$/

/** What only a standard can say. */
const NORMATIVE = /\b(must|should|shall|may not)\b/i
/** What HTTP, cookies, tokens, browsers and stores are spoken of with. */
const TERMS =
  /\b(cookies?|SameSite|HttpOnly|Origin|Authorization|CSRF|XSS|browser|JWTs?|claims?|signatures?|sign(s|ed)?|tokens?|bearer|session|scopes?|stores?|keys?|password|HTTP|40[13]|503|TLS|hash|kid|exp|iat|jti|denylist|locked|refresh(es|ed)?)\b/i

/** A paragraph that states a fact and names neither a clause nor the lab as its evidence. */
const isUnproved = ({ en, clauses, isLabFact }: Pick<Paragraph, 'en' | 'clauses' | 'isLabFact'>): boolean =>
  clauses.length === 0 && (isLabFact ? NORMATIVE.test(en) : NORMATIVE.test(en) || TERMS.test(en))

test('a clause names its document and the one section or requirement, never a whole chapter of a checklist', () => {
  for (const { clauses, where } of PARAGRAPHS) for (const clause of clauses) expect(clause, where).toMatch(DOCUMENTS)
})

test('docs/clauses.md has every clause that a lesson cites, once, says what is in it, and names the lessons that cite it', () => {
  const cited = new Map<string, string[]>()
  for (const { clauses, lesson } of PARAGRAPHS) {
    for (const clause of clauses) cited.set(clause, [...new Set([...(cited.get(clause) ?? []), lesson])])
  }
  const order = new Intl.Collator('en', { numeric: true })
  const wanted = [...cited].map(([clause, lessons]) => `${clause} | ${lessons.join(', ')}`).sort(order.compare)
  expect(
    TABLE.map(({ clause, lessons }) => `${clause} | ${lessons}`),
    'read the clause, then add or correct its row in docs/clauses.md',
  ).toEqual(wanted)
  for (const { clause, says } of TABLE) expect(says.length, clause).toBeGreaterThan(20)
})

test('a paragraph that says what must be, or speaks of the protocols, cites a clause or says that it speaks of this lab', () => {
  expect(PARAGRAPHS.filter(isUnproved).map(({ where }) => where)).toEqual([])
})

test('a paragraph that cites a clause is not passed off as a fact of the lab, too', () => {
  expect(PARAGRAPHS.filter(({ clauses, isLabFact }) => isLabFact && clauses.length > 0).map(({ where }) => where)).toEqual([])
})

test.each([
  ['A server must refuse it.', false, true],
  ['A server must refuse it.', true, true],
  ['The browser attaches it by itself.', false, true],
  ['The node found no row.', true, false],
  ['Now the tablet is lost as well.', false, false],
])('"%s", of the lab: %s, lacks its proof: %s', (en, isLabFact, expected) => {
  expect(isUnproved({ en, clauses: [], isLabFact })).toBe(expected)
  expect(isUnproved({ en, clauses: ['RFC 7519 §4.1.4'], isLabFact: false })).toBe(false)
})
