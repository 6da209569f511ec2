import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lesson } from '../../contract/lessons/lesson.ts'
import type { LessonFile, LessonSummary } from '../../contract/lessons.ts'
import { LESSONS } from '../../lessons/all-lessons.ts'
import { LabError } from '../errors.ts'
import { issueWords } from '../issue-words.ts'

/** The most that a file of an own lesson may hold, octets, and how many files of a folder are read. */
const LARGEST_FILE = 256 * 1024
const MOST_FILES = 100
const MOST_PROBLEMS = 20

interface Own {
  readonly file: LessonFile
  readonly lesson: Lesson | null
}

const failed = (file: string, message: string): Own => ({ file: { file, lesson: null, problems: [{ path: '', message }] }, lesson: null })

function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: `This is no JSON: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')}` }
  }
}

function readFile(folder: string, name: string): Own {
  const path = join(folder, name)
  try {
    const found = lstatSync(path)
    if (!found.isFile()) return failed(name, 'This is no regular file')
    if (found.size > LARGEST_FILE) return failed(name, `The file is larger than ${LARGEST_FILE / 1024} KiB`)
    const read = parseJson(readFileSync(path, 'utf8'))
    if ('problem' in read) return failed(name, read.problem)
    const parsed = Lesson.safeParse(read.value)
    if (parsed.success) return { file: { file: name, lesson: parsed.data.id, problems: [] }, lesson: parsed.data }
    const problems = parsed.error.issues
      .slice(0, MOST_PROBLEMS)
      .map((issue) => ({ path: issue.path.join('.'), message: issueWords(issue) }))
    return { file: { file: name, lesson: null, problems }, lesson: null }
  } catch (error) {
    return failed(name, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const summarize = ({ id, title, summary, minutes, level, steps }: Lesson, file: string | null): LessonSummary => ({
  id,
  title,
  summary,
  minutes,
  level,
  steps: steps.length,
  file,
})

/** All lessons: those that come with the lab, and the JSON files of a folder of the author's own, read when they are asked for. */
export class LessonLibrary {
  readonly #folder: string
  #parsed: Lesson[] | null = null

  /** @param folder of own lessons; it need not be there */
  constructor(folder: string) {
    this.#folder = folder
  }

  get #builtIn(): readonly Lesson[] {
    this.#parsed ??= LESSONS.map((lesson) => Lesson.parse(lesson))
    return this.#parsed
  }

  list(): LessonSummary[] {
    const own = this.#own().flatMap(({ lesson, file }) => (lesson ? [summarize(lesson, file.file)] : []))
    return [...this.#builtIn.map((lesson) => summarize(lesson, null)), ...own]
  }

  /** Every file of the folder and what is wrong with it. */
  files(): LessonFile[] {
    return this.#own().map(({ file }) => file)
  }

  /** @throws LabError `not-found` */
  get(id: string): Lesson {
    const found = this.#builtIn.find((lesson) => lesson.id === id) ?? this.#own().find(({ lesson }) => lesson?.id === id)?.lesson
    if (!found) throw new LabError('not-found', `There is no lesson ${id}.`)
    return found
  }

  #own(): Own[] {
    const taken = new Set(this.#builtIn.map(({ id }) => id))
    const names = this.#names()
    const read = names.slice(0, MOST_FILES).map((name) => {
      const own = readFile(this.#folder, name)
      if (!own.lesson || !taken.has(own.lesson.id)) {
        if (own.lesson) taken.add(own.lesson.id)
        return own
      }
      const problem = { path: 'id', message: `Another lesson is called ${own.lesson.id} already` }
      return { file: { file: name, lesson: null, problems: [problem] }, lesson: null }
    })
    const left = names.slice(MOST_FILES).map((name) => failed(name, `Only the first ${MOST_FILES} files of a folder are read`))
    return [...read, ...left]
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    } catch (error) {
      // No folder, no own lessons.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw new LabError('conflict', `The folder of own lessons cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
