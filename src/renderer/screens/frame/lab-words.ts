import { hasWords, say } from '../../i18n/say.ts'
import { countdown } from '../../state/lab-time.ts'

const nameOf = (kind: 'store' | 'strategy', id: string): string => {
  const key = `status:${kind}.${id.split('=', 1)[0]}`
  return hasWords(key) ? say(key) : id
}

/** Name of a session store for people. */
export const storeName = (id: string): string => nameOf('store', id)
/** Name of a balancer's strategy for people. */
export const strategyName = (id: string): string => nameOf('strategy', id)

/** `15 min`, or `14:59` when it is not whole minutes. */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds % 60 === 0 && seconds < 3600 ? say('status:minutes', { count: seconds / 60 }) : countdown(seconds * 1000)
}
