/** The questions of a decision, each with its answers. */
export const QUESTIONS = {
  logout: ['at-once', 'minutes'],
  callers: ['web', 'mobile', 'services'],
  store: ['yes', 'no'],
  key: ['own', 'others'],
  rate: ['low', 'high'],
} as const

/** A question of a decision. */
export type Question = keyof typeof QUESTIONS
/** One answer to each question. */
export type Answers = { readonly [Q in Question]: (typeof QUESTIONS)[Q][number] }

/** All questions, in the order they are asked. */
export const QUESTION_NAMES = Object.keys(QUESTIONS) as readonly Question[]

/** What stands before anybody has answered. */
export const FIRST_ANSWERS: Answers = { logout: 'at-once', callers: 'web', store: 'yes', key: 'own', rate: 'low' }
