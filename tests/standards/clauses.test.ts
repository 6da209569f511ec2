import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(`${ROOT}/${file}`, 'utf8')

const CLAUSE = /(?:RFC \d+(?:bis)?|HTML|Fetch|CSP 3|OpenID Connect Core|NIST SP 800-63B-4|OWASP ASVS 5) (?:§|V)\d+(?:\.\d+)*/g
/** The same said in another way: nobody would find it in the table, and a reader takes it for something else. */
const OTHERWISE = [
  /(?<!OWASP )ASVS 5/,
  /ASVS 5[.,，]/,
  /RFC\d{4}/,
  /RFC ?\d{4}(bis)?,? (section|Sec\.|第)/i,
  /RFC \d{4}(bis)? §+ \d/,
  /OpenID Connect Core 1\.0 §/,
]

/** What reaches a reader: every text of the source, without comments. The lessons have a test of their own. */
const SOURCES = globSync('src/**/*.{ts,tsx,json,md}', { cwd: ROOT })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.startsWith('src/lessons/'))
  .map((file) => {
    const text = read(file)
    return { file, text: /\.tsx?$/.test(file) ? text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '') : text }
  })

const CITED = new Map<string, string>()
for (const { file, text } of SOURCES) for (const [clause] of text.matchAll(CLAUSE)) CITED.set(clause, file)

const ROWS = read('docs/clauses.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| clause'))
  .map((line) => line.slice(2, -2).split(' | '))
const KNOWN = ROWS.map(([clause = '']) => clause)
/** Cited by no lesson. */
const BESIDES = ROWS.filter(({ length }) => length === 2)

test('the source cites clauses: without any, what follows would prove nothing', () => {
  expect(SOURCES.length).toBeGreaterThan(400)
  expect([...CITED.keys()]).toEqual(expect.arrayContaining(['RFC 7519 §4.1.4', 'OWASP ASVS 5 V7.2.4', 'RFC 6265bis §8.8.1']))
})

test('every clause that a text of the source cites is in docs/clauses.md, with what it says', () => {
  const unread = [...CITED].filter(([clause]) => !KNOWN.includes(clause)).map(([clause, file]) => `${clause} (${file})`)
  expect(unread, 'read the clause, then add its row to docs/clauses.md').toEqual([])
})

test('what is listed besides the lessons is cited by the source, once, in order, and says something', () => {
  const clauses = BESIDES.map(([clause = '']) => clause)
  expect(clauses.filter((clause) => !CITED.has(clause))).toEqual([])
  expect(
    KNOWN.filter((clause, index) => KNOWN.indexOf(clause) !== index),
    'what a lesson cites stands in the table of the lessons alone',
  ).toEqual([])
  expect(clauses).toEqual(clauses.toSorted(new Intl.Collator('en', { numeric: true }).compare))
  for (const [clause, says = ''] of BESIDES) expect(says.length, clause).toBeGreaterThan(20)
})

test('docs/clauses.md explains each mark by which a row says how its clause was read, and no mark that no row has', () => {
  const marks = ROWS.flatMap(([, says = '']) => /\*(by [a-z]+)\*$/.exec(says)?.[1] ?? [])
  const explained = [...read('docs/clauses.md').matchAll(/^- \*(by [a-z]+)\*:/gm)].map(([, mark]) => mark)
  expect([...new Set(marks)].toSorted()).toEqual(explained.toSorted())
  expect(marks.length).toBeLessThan(ROWS.length)
})

test.each(OTHERWISE)('no clause is spelled %s', (spelling) => {
  expect(SOURCES.filter(({ text }) => spelling.test(text)).map(({ file }) => file)).toEqual([])
})

test('a requirement of ASVS has its number, never a section or a chapter alone', () => {
  expect([...CITED.keys()].filter((clause) => clause.startsWith('OWASP ASVS') && !/V\d+\.\d+\.\d+$/.test(clause))).toEqual([])
})
