import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Lesson, type LessonInput, lessonJsonSchema } from '../../src/contract/lessons/lesson.ts'
import { LESSONS } from '../../src/lessons/all-lessons.ts'

const bare = (text: string): string => text.replaceAll(/[\s()（）]/g, '')
const HAN = /\p{Script=Han}/u

interface Found {
  readonly path: string
  readonly en: string
  readonly zh: string
}

/** Every text of a lesson, wherever it is. */
function textsOf(value: unknown, path = ''): Found[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => textsOf(entry, `${path}.${index}`))
  if (typeof value !== 'object' || value === null) return []
  const { en, zh } = value as Partial<Found>
  const own = en !== undefined || zh !== undefined ? [{ path, en: en ?? '', zh: zh ?? '' }] : []
  return [...own, ...Object.entries(value).flatMap(([name, entry]) => textsOf(entry, `${path}.${name}`))]
}

const issuesOf = (input: unknown): string[] => {
  const { error } = Lesson.safeParse(input)
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
}

const first = LESSONS[0] as LessonInput

test('every lesson that comes with the lab is what the schema asks for, under an id of its own', () => {
  for (const lesson of LESSONS) expect(issuesOf(lesson), lesson.id).toEqual([])
  expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length)
})

test('every text is there in English without a Han character, and in Chinese with one', () => {
  for (const lesson of LESSONS) {
    for (const { path, en, zh } of textsOf(lesson)) {
      expect(HAN.test(en), `${lesson.id}${path}: ${en}`).toBe(false)
      // Names, codes and terms on the wire have no language.
      expect(HAN.test(zh) || bare(zh) === bare(en), `${lesson.id}${path}: ${zh}`).toBe(true)
    }
  }
})

test('a lesson takes between 5 and 15 minutes, and its presenter notes fit in them', () => {
  for (const { id, minutes, steps } of LESSONS) {
    expect(minutes, id).toBeGreaterThanOrEqual(5)
    expect(minutes, id).toBeLessThanOrEqual(15)
    expect(
      steps.reduce((sum, { notes }) => sum + (notes?.minutes ?? 0), 0),
      id,
    ).toBeLessThanOrEqual(minutes)
  }
})

test('what markup there is, is closed', () => {
  for (const lesson of LESSONS) {
    for (const { path, en, zh } of textsOf(lesson)) {
      for (const text of [en, zh]) {
        expect((text.match(/`/g) ?? []).length % 2, `${lesson.id}${path}: ${text}`).toBe(0)
        expect((text.match(/\*\*/g) ?? []).length % 2, `${lesson.id}${path}: ${text}`).toBe(0)
      }
    }
  }
})

test('a field that nobody knows, a client that is not there and a later step are refused with their place', () => {
  const step = { ...first.steps[0], extra: 1 }
  expect(issuesOf({ ...first, steps: [step] })).toEqual([expect.stringMatching(/^steps\.0: .*extra/)])
  const byNobody = { ...first.steps[0], do: [{ do: 'login', client: 'nobody', label: { en: 'a', zh: '甲' } }] }
  expect(issuesOf({ ...first, steps: [byNobody] })).toEqual(['steps.0.do.0.client: lab.clients has no nobody'])
  const check = [{ check: 'verdict', nth: 1, step: 'call-three-times', is: 'allowed', label: { en: 'a', zh: '甲' } }]
  expect(issuesOf({ ...first, steps: [{ ...first.steps[0], check }, first.steps[1]] })).toEqual([
    'steps.0.check.0.step: There is no step call-three-times before this one',
  ])
})

test('a prediction with two right answers, a text in one language only and an unknown action are refused', () => {
  const [, second] = first.steps
  const choices = second?.predict?.choices.map((choice) => ({ ...choice, isRight: true }))
  expect(issuesOf({ ...first, steps: [{ ...second, predict: { ...second?.predict, choices } }] })).toEqual([
    'steps.0.predict.choices: Exactly one choice is right',
  ])
  expect(issuesOf({ ...first, title: { en: 'Only English' } })[0]).toMatch(/^title\.zh: /)
  expect(issuesOf({ ...first, steps: [{ ...second, do: [{ do: 'eval', code: '1' }] }] })[0]).toMatch(/^steps\.0\.do\.0\.do: /)
})

test('docs/lesson.schema.json is what the schema says now', () => {
  expect(readFileSync(new URL('../../docs/lesson.schema.json', import.meta.url), 'utf8'), 'npm run lessons -- --write-schema').toBe(
    lessonJsonSchema(),
  )
})

test('a lesson without what has a default is read as the editor’s schema says it may be written', () => {
  const { required } = JSON.parse(lessonJsonSchema())
  expect(required).toEqual(['id', 'title', 'summary', 'minutes', 'lab', 'steps'])
})
