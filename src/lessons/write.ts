import type { LessonActionOf } from '../contract/lessons/actions.ts'
import type { LessonCheckOf } from '../contract/lessons/checks.ts'
import type { LessonInput } from '../contract/lessons/lesson.ts'
import type { Words } from '../contract/lessons/words.ts'
import type { Verdict } from '../contract/verdict.ts'

/** A lesson as it is written; it is checked when the lab starts. */
export const lesson = (input: LessonInput): LessonInput => input

/** A text in both languages. */
export const w = (en: string, zh: string): Words => ({ en, zh })

/** A paragraph in both languages, with the clauses that say what it says; `docs/clauses.md` has each of them. */
export const p = (en: string, zh: string, ...clauses: [string, ...string[]]) => ({ en, zh, clauses })

/** A paragraph on what this lab does or shows: its evidence is the checkpoint, and no clause has to say it. */
export const here = (en: string, zh: string) => ({ en, zh, isLabFact: true })

/** Logs a client in by its mechanism. */
export const login = (client: string, label: Words): LessonActionOf<'login'> => ({ do: 'login', client, label })

/** Sends a request as a client, as often as `times` says. */
export const call = (
  client: string,
  request: string,
  label: Words,
  more: Partial<Omit<LessonActionOf<'call'>, 'do' | 'client' | 'request' | 'label'>> = {},
): LessonActionOf<'call'> => ({ do: 'call', client, request, label, times: 1, credential: 'current', ...more })

/** The verdict of the exchange at this place of the step. */
export const verdict = (nth: number, is: Verdict, label: Words): LessonCheckOf<'verdict'> => ({ check: 'verdict', nth, is, label })

/** The verdicts of all exchanges of the step. */
export const verdicts = (are: Verdict[], label: Words): LessonCheckOf<'verdicts'> => ({ check: 'verdicts', are, label })
