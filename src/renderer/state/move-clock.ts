import { api } from '../api.ts'
import { labNow } from './lab-time.ts'

/** Moves the lab clock by this many milliseconds from where it stands. */
export const moveClock = (ms: number): Promise<unknown> => api.clock.set({ offsetMs: Math.round(labNow() - Date.now() + ms) })
