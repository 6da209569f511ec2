import { say } from '../../i18n/say.ts'
import { type Answers, QUESTION_NAMES } from '../../state/answers.ts'
import type { Decision, Flip, Reason } from './decide.ts'
import { figuresWords } from './figures.ts'

const names = { session: 'session', 'jwt-short': 'jwt', 'jwt-denylist': 'jwt', 'edge-session': 'session' } as const

/** How many answers point the way of the recommendation. */
const fitOf = ({ leans, recommendation }: Decision): number => Object.values(leans).filter((lean) => lean === names[recommendation]).length

/** The recommendation, in a few words. */
export const recommendationWords = ({ recommendation }: Pick<Decision, 'recommendation'>): string =>
  say(`compare:decide.recommendation.${recommendation}`)

/** What it means, and how many answers point its way. */
export const fitWords = (decision: Decision): string =>
  say(`compare:decide.fit.${decision.recommendation}`, { count: fitOf(decision), all: QUESTION_NAMES.length })

/** A reason as a sentence with its figures. */
export const reasonWords = ({ key, figures }: Reason): string => say(`compare:decide.reason.${key}`, figuresWords(figures))

/** A question. */
export const questionWords = (question: string): string => say(`compare:decide.question.${question}`)
/** An answer to it. */
export const answerWords = (question: string, answer: string): string => say(`compare:decide.answer.${question}.${answer}`)

/** What another answer would lead to. */
export const flipWords = ({ question, answer, to }: Flip): string =>
  say('compare:decide.flip', {
    question: questionWords(question),
    answer: answerWords(question, answer),
    to: recommendationWords({ recommendation: to }),
  })

/** Question and answer, one a line. */
export const answersWords = (answers: Answers): string[] =>
  QUESTION_NAMES.map((question) => `${questionWords(question)} ${answerWords(question, answers[question])}`)

/** The decision as plain text, for a message. */
export const summaryOf = (decision: Decision): string =>
  [recommendationWords(decision), fitWords(decision), '', ...decision.reasons.map((reason) => `- ${reasonWords(reason)}`), ''].join('\n')
