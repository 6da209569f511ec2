import { useSyncExternalStore } from 'react'
import type { Clock } from '../../contract/clock.ts'
import { currentUi } from './ui-state.ts'
import { currentLab } from './use-lab.ts'

/** Lab time at a real time, both Unix milliseconds. */
export const labTimeAt = (clock: Clock, realTime: number): number => (clock.isPaused ? clock.labTime : realTime + clock.offsetMs)

/** Lab time on today's lab clock of something that happened at a real time: as long before now as it was, both Unix milliseconds. */
export const labTimeWas = ({ offsetMs }: Clock, realTime: number): number => realTime + offsetMs

/** Lab time now, Unix milliseconds. */
export const labNow = (): number => labTimeAt(currentLab().clock, Date.now())

const TICK_MS = 100
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

let shown = 0

/** A frozen page shows the second at which it was frozen. */
const wholeSecond = (): number => {
  if (!currentUi().isFrozen || shown === 0) shown = Math.floor(labNow() / 1000) * 1000
  return shown
}

/** Lab time, whole seconds as Unix milliseconds; draws the component again when the second turns. */
export const useLabSecond = (): number => useSyncExternalStore(subscribe, wholeSecond)

const two = (value: number): string => String(value).padStart(2, '0')

/** Time of day `14:39:38` in the computer's time zone. */
export function clockTime(unixMs: number): string {
  const date = new Date(unixMs)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `29:58`, from an hour on `11:59:58`, from a day on `2 d 03:00`. Negative counts as zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${two(hours % 24)}:${two(minutes % 60)}`
  if (hours > 0) return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${two(minutes)}:${two(seconds % 60)}`
}
