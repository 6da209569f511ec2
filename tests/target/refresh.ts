import type { Answer, Target } from './support.ts'

/** What a JWT login earns. */
export interface Tokens {
  access_token: string
  refresh_token: string
}

/** Logs in by password; `more` goes along in the body. */
export const grant = async (target: Target, more: Record<string, unknown> = {}, username = 'alice'): Promise<Tokens> => {
  const json = { grant_type: 'password', username, password: `${username}-pass`, ...more }
  const answer = await target.send('POST', '/token', { json })
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`)
  return answer.body as unknown as Tokens
}

export const refresh = (target: Target, refresh_token: string, more: Record<string, unknown> = {}): Promise<Answer> =>
  target.send('POST', '/token', { json: { grant_type: 'refresh_token', refresh_token, ...more } })

/** The refresh token of an answer; empty when there is none. */
export const refreshTokenOf = (answer: Answer): string => String((answer.body as Record<string, unknown>)['refresh_token'] ?? '')

/** Status, error and verdict. */
export const outcome = ({ status, body, trace }: Answer): unknown[] => [status, (body as Record<string, unknown>)['error'], trace.verdict]
