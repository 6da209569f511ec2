import { LabError } from '../../errors.ts'
import { challenge } from '../challenge.ts'
import type { TargetContext } from '../context.ts'
import type { Denial } from '../problem.ts'
import { report, startTimer } from '../trace.ts'
import type { IntrospectionAnswer } from './introspection-client.ts'
import type { AccessClaims } from './issue.ts'

const SOURCE = {
  kind: 'token-introspection',
  clause: 'RFC 7662 §2.2',
  file: 'tokens/ask-introspection.ts',
  symbol: 'askIntrospection',
} as const
const TITLE = 'The authorization server says that the token is not active'

/** An answer about another token is none about this one. */
const isAbout = ({ sub, jti }: IntrospectionAnswer, claims: AccessClaims): boolean => sub === claims.sub && jti === claims.jti

/** How a question failed, without anything that was sent. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof LabError ? error.cause : error
  return cause instanceof Error ? (cause.name === 'TimeoutError' ? 'timeout' : cause.message) : 'no answer'
}

/**
 * Asks the authorization server about a token that has verified: only it knows what was revoked. Null when the token is active.
 * @throws LabError `store-unavailable` when it does not answer
 */
export const askIntrospection = async (context: TargetContext, token: string, claims: AccessClaims): Promise<Denial | null> => {
  const { introspection } = context
  if (!introspection) throw new LabError('store-unavailable', 'No authorization server is known that could be asked.')
  const startedAt = startTimer()
  context.counts.revocationReads++
  try {
    const answer = await introspection.ask(token, context.clientSecret ?? '')
    const isActive = answer.active && isAbout(answer, claims)
    const { active, status, exchangeId } = answer
    report(SOURCE, {
      outcome: isActive ? 'pass' : 'fail',
      startedAt,
      title: isActive ? 'The authorization server says that the token is active' : TITLE,
      evidence: () => ({ kind: 'access', answer: { active }, status, exchange: exchangeId, jti: claims.jti }),
    })
    return isActive ? null : { verdict: 'token-revoked', status: 401, detail: `${TITLE}.`, challenge: challenge('invalid_token', TITLE) }
  } catch (error) {
    const evidence = () => ({ kind: 'access', isReached: false, reason: reasonOf(error), jti: claims.jti })
    report(SOURCE, { outcome: 'fail', startedAt, title: 'The authorization server does not answer', evidence })
    throw error
  }
}
