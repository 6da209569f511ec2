import { z } from 'zod'

const LONGEST_TEXT = 1200

const Sentence = z.string().trim().min(1).max(LONGEST_TEXT)

/** Schema of a text in both languages. `**bold**` and `` `as on the wire` `` are the only markup. */
export const Words = z.strictObject({ en: Sentence, zh: Sentence })
/** A text in both languages. */
export type Words = z.infer<typeof Words>

/** Schema of one paragraph with the clauses that say what it says. */
export const Passage = Words.extend({
  /** For example `RFC 7519 §4.1.4`; empty when it only tells a story or what this lab does. */
  clauses: z.array(z.string().trim().min(4).max(60)).max(4).default([]),
  /** It says what this lab does or shows: a checkpoint or the cards are its evidence, and no standard has to say it. */
  isLabFact: z.boolean().optional(),
})
/** One paragraph with the clauses that say what it says. */
export type Passage = z.infer<typeof Passage>

/** Schema of a name in a lesson's file: of the lesson, of a step, of a client. */
export const Slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'It is written in lower case, with digits and single hyphens')
