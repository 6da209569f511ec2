/** One figure of a bench: a median over interleaved repetitions, with its spread. */
export interface BenchRow {
  what: string
  /** The median, as shown, with its unit or as a ratio. */
  value: string
  /** Lowest to highest of the repetitions. */
  spread: string
  /** What was asked for; empty when the row only informs. */
  target: string
  /** Null when there is no target. */
  isMet: boolean | null
}

/** Middle value of a non-empty list; the mean of the two middle ones when their number is even. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** A row from repeated measurements. @param limit `[op, bound]` the median is held against */
export function row(what: string, values: number[], unit: string, limit?: ['>=' | '<=', number]): BenchRow {
  const digits = Math.max(...values) < 10 ? 2 : 0
  const show = (value: number): string => `${value.toFixed(digits)}${unit}`
  const middle = median(values)
  return {
    what,
    value: show(middle),
    spread: `${show(Math.min(...values))} to ${show(Math.max(...values))}`,
    target: limit ? `${limit[0]} ${limit[1]}${unit}` : '',
    isMet: limit ? (limit[0] === '>=' ? middle >= limit[1] : middle <= limit[1]) : null,
  }
}
