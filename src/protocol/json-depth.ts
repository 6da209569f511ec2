/** Whether a value from JSON holds arrays or objects in more than `levels` levels. What is nested without limit overflows the stack of whoever walks it. */
export const isNestedDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const name in value) if (isNestedDeeper((value as Record<string, unknown>)[name], levels - 1)) return true
  return false
}
