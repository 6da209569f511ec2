/** Media type of {@link Problem} bodies (RFC 9457 §3). */
export const PROBLEM_TYPE = 'application/problem+json'

/** A problem detail (RFC 9457 §3.1) with the members that this product adds. */
export interface Problem {
  /** Absent stands for `about:blank`: the title is the status phrase (§4.2.1). */
  type?: string
  title: string
  status: number
  detail?: string
  instance?: string
  /** Extension (§3.2): why the exchange was denied. */
  verdict?: string
}

/** Reads a body as a problem detail; null when it is none. Unknown members are ignored (RFC 9457 §3.2). */
export const parseProblem = (body: string): Problem | null => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, title, status, detail, instance, verdict } = value as Record<string, unknown>
  if (typeof title !== 'string' || typeof status !== 'number') return null
  return { title, status, ...strings({ type, detail, instance, verdict }) }
}

const strings = (members: Record<string, unknown>): Partial<Problem> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === 'string'))
