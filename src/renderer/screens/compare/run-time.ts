const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago something was, in words such as "2 minutes ago"; null when it was less than a minute ago. */
export function agoWords(then: number, now: number, language: string): string | null {
  const passed = now - then
  for (const [unit, length] of STEPS) {
    if (passed >= length) return new Intl.RelativeTimeFormat(language, { numeric: 'always' }).format(-Math.floor(passed / length), unit)
  }
  return null
}
