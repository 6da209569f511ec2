import { say } from '../../i18n/say.ts'

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 86_400

const UNITS: ReadonlyArray<readonly [names: RegExp, seconds: number]> = [
  [/^(s|sec|secs|seconds?|秒)?$/i, 1],
  [/^(m|min|mins|minutes?|分|分钟)$/i, MINUTE_S],
  [/^(h|hours?|小时|时)$/i, HOUR_S],
  [/^(d|days?|天|日)$/i, DAY_S],
]

/** Seconds that a text such as `90`, `15 min`, `2 h` or `7 天` stands for; null when it stands for none. */
export function secondsOf(text: string): number | null {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(text) ?? []
  const factor = UNITS.find(([names]) => names.test(unit))?.[1]
  return digits === undefined || factor === undefined ? null : Math.round(Number(digits) * factor)
}

/** Seconds in the largest unit that they are a whole number of: `90 s`, `15 min`, `12 h`, `7 d`. */
export function secondsWords(seconds: number): string {
  if (seconds > 0 && seconds % DAY_S === 0) return say('settings:duration.d', { count: seconds / DAY_S })
  if (seconds > 0 && seconds % HOUR_S === 0) return say('settings:duration.h', { count: seconds / HOUR_S })
  if (seconds > 0 && seconds % MINUTE_S === 0) return say('settings:duration.min', { count: seconds / MINUTE_S })
  return say('settings:duration.s', { count: seconds })
}
