import { z } from 'zod'
import { Mechanism } from '../mechanism.ts'
import { TokenAlgorithm } from '../token-algorithm.ts'
import { LessonAction, LessonSettings } from './actions.ts'
import { LessonCheck } from './checks.ts'
import { Passage, Slug, Words } from './words.ts'

const MOST_STEPS = 20
const MOST_ACTIONS = 12
const MOST_CHECKS = 16
const MOST_LESSON_NODES = 5

/** Schema of how hard a lesson is. */
export const LessonLevel = z.enum(['basic', 'intermediate', 'advanced'])

const LessonClient = z.strictObject({
  id: Slug,
  name: z.string().trim().min(1).max(40),
  account: z.string().trim().min(1).max(40),
  device: z.string().trim().min(1).max(40).default('Laptop'),
  mechanism: Mechanism,
  isAttacker: z.boolean().default(false),
})

/**
 * Schema of the state that a lesson starts from: the starting accounts, no session, no token, new keys, real time, nothing wrong with any node,
 * and this.
 */
export const LessonLab = z.strictObject({
  nodes: z.number().int().min(1).max(MOST_LESSON_NODES).default(3),
  /** Of access tokens. */
  algorithm: TokenAlgorithm.default('HS256'),
  /** Laid over those of a fresh lab: round robin, SQLite, no leeway. */
  settings: LessonSettings.default({}),
  clients: z.array(LessonClient).min(1).max(8),
})
/** The state that a lesson starts from. */
export type LessonLab = z.infer<typeof LessonLab>

const Choice = z.strictObject({
  text: Words,
  isRight: z.boolean(),
  /** Shown after the run: why this is what happens, or why it is not. */
  why: Passage,
})

/** Schema of a question that is answered before the run. */
export const Prediction = z.strictObject({
  question: Words,
  choices: z
    .array(Choice)
    .min(2)
    .max(5)
    .refine((choices) => choices.filter(({ isRight }) => isRight).length === 1, 'Exactly one choice is right'),
})

const PresenterNotes = z.strictObject({
  minutes: z.number().positive().max(30),
  say: Words.optional(),
  ask: Words.optional(),
  watchFor: Words.optional(),
  ifStuck: Words.optional(),
})

/** What the cards of the evidence show, measured when the exchange ended. */
export const PINNED_FACTS = ['credential', 'session-reads', 'node-sessions', 'bytes', 'duration'] as const

/** Schema of one step of a lesson. */
export const LessonStep = z.strictObject({
  id: Slug,
  title: Words,
  /** What the checkpoint asks for, in a few words. */
  goal: Words,
  narrative: z.array(Passage).min(1).max(6),
  predict: Prediction.optional(),
  do: z.array(LessonAction).max(MOST_ACTIONS).default([]),
  check: z.array(LessonCheck).min(1).max(MOST_CHECKS),
  /** Shown once the checkpoint holds: what it means. */
  after: z.array(Passage).max(4).default([]),
  pins: z.array(z.enum(PINNED_FACTS)).max(PINNED_FACTS.length).default(['credential', 'session-reads']),
  /** Two exchanges of the step, by their place, to be laid side by side. */
  diff: z.tuple([z.number().int().min(1), z.number().int().min(1)]).optional(),
  notes: PresenterNotes.optional(),
})
/** One step of a lesson. */
export type LessonStep = z.infer<typeof LessonStep>

type Path = (string | number)[]
type Report = (path: Path, message: string) => void

/** Names that are used have to be there: clients of the lab, steps before this one, no name twice. */
function checkNames({ lab, steps }: { lab: LessonLab; steps: LessonStep[] }, report: Report): void {
  const clients = new Set<string>()
  for (const [index, { id }] of lab.clients.entries()) {
    if (clients.has(id)) report(['lab', 'clients', index, 'id'], `There are two clients called ${id}`)
    clients.add(id)
  }
  const known = new Set<string>()
  for (const [index, step] of steps.entries()) {
    if (known.has(step.id)) report(['steps', index, 'id'], `There are two steps called ${step.id}`)
    known.add(step.id)
    for (const list of ['do', 'check'] as const) {
      for (const [place, entry] of step[list].entries())
        checkEntry(entry, { clients, steps: known }, (path, message) => report(['steps', index, list, place, ...path], message))
    }
  }
}

function checkEntry(entry: LessonAction | LessonCheck, known: { clients: Set<string>; steps: Set<string> }, report: Report): void {
  if ('client' in entry && !known.clients.has(entry.client)) report(['client'], `lab.clients has no ${entry.client}`)
  const step = 'exchange' in entry ? entry.exchange.step : 'step' in entry ? entry.step : undefined
  if (step !== undefined && !known.steps.has(step)) report(['step'], `There is no step ${step} before this one`)
}

/** Schema of a lesson: data and nothing else. Its file is one of these as JSON. */
export const Lesson = z
  .strictObject({
    /** Where an editor finds the schema; of no meaning to the lab. */
    $schema: z.string().max(500).optional(),
    format: z.literal('authlab-lesson').default('authlab-lesson'),
    version: z.literal(1).default(1),
    id: Slug,
    title: Words,
    summary: Words,
    minutes: z.number().int().min(1).max(60),
    level: LessonLevel.default('basic'),
    lab: LessonLab,
    steps: z.array(LessonStep).min(1).max(MOST_STEPS),
  })
  .superRefine((lesson, context) => {
    checkNames(lesson, (path, message) => context.addIssue({ code: 'custom', path, message }))
  })
/** A lesson. */
export type Lesson = z.infer<typeof Lesson>
/** A lesson as it is written: what has a default may be left out. */
export type LessonInput = z.input<typeof Lesson>

/** The JSON schema of a lesson's file, as an editor reads it. Which names have to be there is checked when the file is read. */
export const lessonJsonSchema = (): string => `${JSON.stringify(z.toJSONSchema(Lesson, { io: 'input', reused: 'ref' }), null, 2)}\n`
