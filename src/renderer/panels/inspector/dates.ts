import { clockTime, countdown } from '../../state/lab-time.ts'

const SAME_DAY_MS = 20 * 3_600_000

/** A point in lab time for the eye: time of day, with the date when it is not near. */
export function labDate(ms: number, nowMs: number, language: string): string {
  if (Math.abs(ms - nowMs) < SAME_DAY_MS) return clockTime(ms)
  const date = new Date(ms)
  // A claim may hold any number.
  if (Number.isNaN(date.getTime())) return String(ms)
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(date)
}

/** Length of time between two points, as a countdown without sign. */
export const span = (fromMs: number, toMs: number): string => countdown(Math.abs(toMs - fromMs))

/** Octets for the eye. */
export const bytesWords = (bytes: number): string =>
  bytes < 1024 ? `${bytes} B` : bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
