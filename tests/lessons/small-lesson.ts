import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LessonInput } from '../../src/contract/lessons/lesson.ts'

const words = (en: string) => ({ en, zh: `${en}（中文）` })

/** A lesson of two steps: Alice logs in, then calls twice on two nodes with sessions in their own memory. */
export const smallLesson = (more: Partial<LessonInput> = {}): LessonInput => ({
  id: 'small',
  title: words('Small'),
  summary: words('Two steps'),
  minutes: 5,
  lab: {
    nodes: 2,
    settings: { store: 'memory' },
    clients: [{ id: 'alice', name: 'Alice', account: 'alice', mechanism: 'session' }],
  },
  steps: [
    {
      id: 'log-in',
      title: words('Log in'),
      goal: words('Logged in'),
      narrative: [words('Log in.')],
      do: [{ do: 'login', client: 'alice', label: words('Log in') }],
      check: [{ check: 'verdict', nth: 1, is: 'allowed', label: words('Allowed') }],
    },
    {
      id: 'call',
      title: words('Call'),
      goal: words('Two results'),
      narrative: [words('Call twice.')],
      predict: {
        question: words('How many are allowed?'),
        choices: [
          { text: words('Two'), isRight: false, why: words('One node knows nothing of it.') },
          { text: words('One'), isRight: true, why: words('One node has the session.') },
        ],
      },
      do: [{ do: 'call', client: 'alice', request: 'GET /me', times: 2, label: words('Call /me twice') }],
      check: [{ check: 'verdicts', are: ['unknown-session', 'allowed'], label: words('One of two') }],
    },
  ],
  ...more,
})

/** Writes files into the folder of own lessons of a data folder; a lesson goes as JSON, a text as it is. */
export function writeOwnLessons(dataDir: string, files: Readonly<Record<string, LessonInput | string>>): void {
  const folder = join(dataDir, 'lessons')
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
}
