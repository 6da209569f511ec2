import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Lesson, lessonJsonSchema } from '../src/contract/lessons/lesson.ts'
import type { LessonFile, LessonReport, LessonSummary } from '../src/contract/lessons.ts'
import { parseConfig } from '../src/server/config.ts'
import { startLab } from '../src/server/lab.ts'
import type { Lab } from '../src/server/running-lab.ts'
import { ROOT } from './paths.ts'

const USAGE = `Runs lessons without a window, from end to end, and prints what became of their checkpoints: the pre-flight before a class.

Usage: npm run lessons -- [flags] [ID ...]     (all lessons when none is named)

  --lessons DIR     with the lessons of this folder
  --write-schema    write docs/lesson.schema.json and run nothing
`

type Call = <T>(method: string, path: string) => Promise<T>

const apiOf =
  ({ apiUrl, token }: Lab): Call =>
  async <T>(method: string, path: string) => {
    const response = await fetch(`${apiUrl}${path}`, { method, headers: { Authorization: `Bearer ${token}` } })
    const body = (await response.json()) as T & { message?: string }
    if (!response.ok) throw new Error(body.message ?? `${method} ${path} answered ${response.status}`)
    return body
  }

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** What did not hold, a line each, with what it is called in the lesson. */
const failures = ({ steps }: LessonReport, lesson: Lesson): string[] =>
  steps.flatMap(({ id, isPassed, checks, actions }) => {
    if (isPassed) return []
    const step = lesson.steps.find((candidate) => candidate.id === id)
    const problems = actions.flatMap(({ problem }, index) =>
      problem === null ? [] : [`    ${id}, action ${index + 1} (${step?.do[index]?.label.en}): ${problem}`],
    )
    const unheld = checks.flatMap(({ isHeld, found }, index) =>
      isHeld
        ? []
        : [`    ${id}, checkpoint ${index + 1} (${step?.check[index]?.label.en}): found ${found ?? 'nothing: it was not reached'}`],
    )
    return [...problems, ...unheld]
  })

function line({ id, title, steps, minutes }: LessonSummary, report: LessonReport | string, lesson: Lesson): string {
  if (typeof report === 'string') return `FAIL  ${id.padEnd(34)} ${report}`
  const held = report.steps.filter(({ isPassed }) => isPassed).length
  const verdict = report.isPassed ? 'ok  ' : 'FAIL'
  return [
    `${verdict}  ${id.padEnd(34)} ${`${held} of ${steps}`.padEnd(9)} ${seconds(report.durationMs).padStart(6)}  ${String(minutes).padStart(2)} min  ${title.en}`,
    ...failures(report, lesson),
  ].join('\n')
}

async function runAll(call: Call, wanted: readonly string[]): Promise<boolean> {
  const all = await call<LessonSummary[]>('GET', '/lessons')
  const unknown = wanted.filter((id) => !all.some((lesson) => lesson.id === id))
  if (unknown.length > 0) throw new Error(`There is no lesson ${unknown.join(', ')}.`)
  let isPassed = true
  process.stdout.write(`      ${'lesson'.padEnd(34)} ${'steps'.padEnd(9)} ${'ran in'.padStart(6)}  takes\n`)
  for (const lesson of all) {
    if (wanted.length > 0 && !wanted.includes(lesson.id)) continue
    const report = await call<LessonReport>('POST', `/lessons/${lesson.id}/run`).catch((error: Error) => error.message)
    isPassed &&= typeof report !== 'string' && report.isPassed
    process.stdout.write(`${line(lesson, report, await call<Lesson>('GET', `/lessons/${lesson.id}`))}\n`)
  }
  return isPassed
}

async function readFiles(call: Call): Promise<boolean> {
  const files = await call<LessonFile[]>('GET', '/lesson-files')
  for (const { file, problems } of files) {
    for (const { path, message } of problems) process.stdout.write(`FAIL  ${file}${path === '' ? '' : `, ${path}`}: ${message}\n`)
  }
  return files.every(({ problems }) => problems.length === 0)
}

async function main(): Promise<boolean> {
  const options = { lessons: { type: 'string' }, 'write-schema': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true })
  if (values.help) {
    process.stdout.write(USAGE)
    return true
  }
  if (values['write-schema']) {
    writeFileSync(join(ROOT, 'docs/lesson.schema.json'), lessonJsonSchema())
    return true
  }
  const own = values.lessons === undefined ? [] : ['--lessons', values.lessons]
  const config = parseConfig(
    ['--browser', '--fresh', '--port', '0', '--balancer-port', '0', '--nodes', '1', '--no-open', ...own],
    process.env,
  )
  if (!('dataDir' in config)) return false
  const lab = await startLab({ ...config, mode: 'headless' })
  try {
    const call = apiOf(lab)
    const isRead = await readFiles(call)
    return (await runAll(call, positionals)) && isRead
  } finally {
    await lab.close()
  }
}

main().then(
  (isPassed) => process.exit(isPassed ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`lessons: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
