import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LessonInput } from '../../src/contract/lessons/lesson.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'
import { smallLesson, writeOwnLessons } from './small-lesson.ts'

let lab: TestLab
const folder = newFolder()

const withSteps = (id: string, change: (steps: LessonInput['steps']) => unknown): string => {
  const lesson = smallLesson({ id })
  return JSON.stringify({ ...lesson, steps: change(lesson.steps) })
}

beforeAll(async () => {
  writeOwnLessons(folder, {
    'good.json': smallLesson({ id: 'good' }),
    'false-claim.json': withSteps('false-claim', ([first, second]) => [
      first,
      { ...second, check: [{ check: 'verdicts', are: ['allowed', 'allowed'], label: { en: 'Both', zh: '两个都' } }] },
    ]),
    'broken.json': '{ "id": "broken", ',
    'no-chinese.json': withSteps('no-chinese', ([first]) => [{ ...first, title: { en: 'Only English' } }]),
    'unknown-action.json': withSteps('unknown-action', ([first]) => [{ ...first, do: [{ do: 'shell', command: 'id' }] }]),
    'twin.json': smallLesson({ id: 'what-a-jwt-is' }),
    'large.json': `"${'x'.repeat(300 * 1024)}"`,
    'notes.txt': 'not a lesson',
  })
  mkdirSync(join(folder, 'lessons', 'folder.json'))
  symlinkSync('/etc/hostname', join(folder, 'lessons', 'link.json'))
  lab = await startTestLab([], folder)
})
afterAll(() => lab.close())

test('a file that is a lesson is in the list, after those that come with the lab, with its name', async () => {
  const { json } = await lab.call('GET', '/lessons')
  expect(json.filter(({ file }: { file: string | null }) => file !== null)).toMatchObject([
    { id: 'false-claim', file: 'false-claim.json' },
    { id: 'good', file: 'good.json', steps: 2, minutes: 5, level: 'basic' },
  ])
  expect(json.at(-1).id).toBe('good')
})

test('a file with a mistake is left out, and told by name with the path of the field', async () => {
  const { json } = await lab.call('GET', '/lesson-files')
  const problems = Object.fromEntries(
    json.map(({ file, problems }: { file: string; problems: { path: string; message: string }[] }) => [file, problems]),
  )
  expect(problems).toEqual({
    'good.json': [],
    'false-claim.json': [],
    'broken.json': [{ path: '', message: expect.stringMatching(/^This is no JSON: /) }],
    'no-chinese.json': [{ path: 'steps.0.title.zh', message: expect.any(String) }],
    'unknown-action.json': [{ path: 'steps.0.do.0.do', message: expect.any(String) }],
    'twin.json': [{ path: 'id', message: 'Another lesson is called what-a-jwt-is already' }],
    'large.json': [{ path: '', message: 'The file is larger than 256 KiB' }],
    'folder.json': [{ path: '', message: 'This is no regular file' }],
    'link.json': [{ path: '', message: 'This is no regular file' }],
  })
})

test('an own lesson runs as any other; one whose checkpoint claims what is not so fails, and says what was found', async () => {
  expect((await lab.call('POST', '/lessons/good/run')).json.isPassed).toBe(true)
  const { json } = await lab.call('POST', '/lessons/false-claim/run')
  expect(json).toMatchObject({
    isPassed: false,
    steps: [{ isPassed: true }, { isPassed: false, checks: [{ isHeld: false, found: 'unknown-session, allowed' }] }],
  })
})

test('a lesson that is not there is told so', async () => {
  for (const [method, path] of [
    ['GET', '/lessons/none'],
    ['POST', '/lessons/none/run'],
    ['POST', '/lessons/none/start'],
  ] as const) {
    expect((await lab.call(method, path, method === 'POST' ? {} : undefined)).json).toMatchObject({
      status: 404,
      message: 'There is no lesson none.',
    })
  }
  expect((await lab.call('GET', '/lesson-run')).json).toBeNull()
})
