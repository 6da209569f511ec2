/** A duration with its unit, with as many digits as mean something. @param us microseconds */
export function durationWords(us: number): string {
  if (us < 999.5) return us < 1 && us > 0 ? `${us.toFixed(1)} µs` : `${us.toFixed(0)} µs`
  const ms = us / 1000
  return `${ms.toFixed(ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0)} ms`
}
