import type { Step, StepKind } from '../../contract/step.ts'

/**
 * Steps as a node records them: a JSON array of these five values a step, one after the other. They are written for every exchange and read for
 * hardly any, so nothing is written that their order tells. Evidence is null where there is none.
 */
export type StepValues = [
  source: string,
  outcome: Step['outcome'],
  durationTenths: number,
  title: string,
  evidence: Step['evidence'] | null,
]
const VALUES_OF_A_STEP = 5

const SEPARATOR = '|'

/** What is the same every time a step is taken, in one text: any later version reads it without a table of sources. */
export const sourceText = (source: { kind: StepKind; clause?: string; file: string; symbol: string }): string =>
  [source.kind, source.clause ?? '', source.file, source.symbol].join(SEPARATOR)

const toStep = ([source, outcome, durationTenths, title, evidence]: StepValues): Step => {
  const [kind, clause = '', file = '', symbol = ''] = source.split(SEPARATOR)
  const fixed = { kind: kind as StepKind, outcome, durationUs: durationTenths / 10, title, evidence: evidence ?? {} }
  return { ...fixed, ...(clause && { clause }), source: { file, symbol } }
}

const toSteps = (values: unknown[]): Step[] => {
  const steps: Step[] = []
  for (let at = 0; at < values.length; at += VALUES_OF_A_STEP) {
    steps.push(toStep(values.slice(at, at + VALUES_OF_A_STEP) as StepValues))
  }
  return steps
}

/**
 * Reads recorded steps in the contract's shape.
 * @param json {@link StepValues}, or a list of whole steps in which an array stands for the steps of a node
 */
export const readSteps = (json: string): Step[] => toWhole(JSON.parse(json))

const toWhole = (items: unknown[]): Step[] =>
  typeof items[0] === 'string' ? toSteps(items) : items.flatMap((item) => (Array.isArray(item) ? toWhole(item) : [item as Step]))
