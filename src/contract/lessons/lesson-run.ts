import { z } from 'zod'
import { ExchangeSummary } from '../exchanges.ts'

/** Schema of how far one action of a step is. */
export const ActionRun = z.object({
  state: z.enum(['todo', 'running', 'done', 'failed']),
  /** Who carried it out: the player, or the participant in the workbench; null before. */
  by: z.enum(['lesson', 'participant']).nullable(),
  /** Ids of the exchanges that it caused. */
  exchanges: z.array(z.string()),
  /** Why it failed; null unless it did. */
  problem: z.string().nullable(),
})
/** How far one action of a step is. */
export type ActionRun = z.infer<typeof ActionRun>

/** Schema of what came of one assertion. */
export const CheckRun = z.object({
  /** Null before the actions are done. */
  isHeld: z.boolean().nullable(),
  /** What was there, as on the wire; null before. */
  found: z.string().nullable(),
})
/** What came of one assertion. */
export type CheckRun = z.infer<typeof CheckRun>

/** Schema of an exchange pinned as evidence. */
export const PinnedExchange = ExchangeSummary.extend({
  /** Start and end of the credential that the request carried; null when it carried none. */
  credential: z.string().nullable(),
  /** How often the server asked for a session. */
  sessionReads: z.number().int(),
  /** Sessions in the memory of the node that answered; null unless sessions are there. */
  nodeSessions: z.number().int().nullable(),
})
/** An exchange pinned as evidence. */
export type PinnedExchange = z.infer<typeof PinnedExchange>

/** Schema of how far one step is. */
export const StepRun = z.object({
  id: z.string(),
  /** `open`: it is under way, and its checkpoint does not hold yet. */
  state: z.enum(['ahead', 'open', 'done']),
  /** Real time it was opened, Unix milliseconds; null while ahead. */
  openedAt: z.number().nullable(),
  /** Place of the choice that was picked, from 0; null when none was. */
  prediction: z.number().int().nullable(),
  actions: z.array(ActionRun),
  checks: z.array(CheckRun),
  evidence: z.array(PinnedExchange),
})
/** How far one step is. */
export type StepRun = z.infer<typeof StepRun>

/** Schema of a lesson under way. */
export const LessonRun = z.object({
  lesson: z.string(),
  /** Real time, Unix milliseconds. */
  startedAt: z.number(),
  /** Place of the step that the lab is at, from 0. */
  current: z.number().int(),
  steps: z.array(StepRun),
})
/** A lesson under way. */
export type LessonRun = z.infer<typeof LessonRun>
