import type { SessionData } from 'express-session'
import { LabError } from '../../errors.ts'

/** A session from its JSON; null when no session can be made of it (express-session itself needs `cookie` to be an object). */
export function parseSession(json: string): SessionData | null {
  try {
    const data: unknown = JSON.parse(json)
    return isSessionData(data) ? data : null
  } catch {
    // The caller reports it, as it does valid JSON that is no session.
    return null
  }
}

/** A session as JSON, or what is wrong with it. */
export function serializeSession(data: SessionData): string | LabError {
  try {
    if (isSessionData(data)) return JSON.stringify(data)
  } catch (cause) {
    return new LabError('session-not-serializable', 'The session holds something that JSON cannot express.', { cause })
  }
  return new LabError('session-not-serializable', 'A session must be an object with a cookie.')
}

/** A text that the application keeps in its session; null when it keeps none there. */
export function textOf(data: object, name: 'account' | 'device'): string | null {
  const value: unknown = Reflect.get(data, name)
  return typeof value === 'string' ? value : null
}

const isSessionData = (data: unknown): data is SessionData =>
  typeof data === 'object' && data !== null && 'cookie' in data && typeof data.cookie === 'object' && data.cookie !== null
