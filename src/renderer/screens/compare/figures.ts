import { countdown } from '../../state/lab-time.ts'
import { durationWords } from '../../ui/duration-words.ts'
import type { Figure } from './decide.ts'

/** Milliseconds with as many digits as mean something. */
export const msWords = (value: number): string => durationWords(value * 1000)

/** How long something lived, as a clock counts it; a second that it did not live through does not count. */
export const lifetimeWords = (value: number): string => countdown(Math.floor(value / 1000) * 1000)

/** A count, or a mean of counts, with two digits after the point at most. */
export const countWords = (value: number): string => (Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2))

/** Octets with their unit. */
export const octetsWords = (value: number): string => `${Math.round(value).toLocaleString('en')} B`

/** A figure as it is written in a sentence. */
export function figureWords(figure: Figure): string {
  switch (figure.unit) {
    case 'ms':
      return msWords(figure.value)
    case 'lifetime':
      return lifetimeWords(figure.value)
    case 'bytes':
      return octetsWords(figure.value)
    case 'count':
      return countWords(figure.value)
    case 'name':
      return figure.value
  }
}

/** All figures of a sentence, as they are written in it. */
export const figuresWords = (figures: Readonly<Record<string, Figure>>): Record<string, string> =>
  Object.fromEntries(Object.entries(figures).map(([key, figure]) => [key, figureWords(figure)]))
