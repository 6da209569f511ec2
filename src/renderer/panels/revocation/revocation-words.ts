import type { Revocation } from '../../../contract/revocations.ts'
import { say } from '../../i18n/say.ts'

/** Real milliseconds for the eye: `412 ms`, `3.4 s`, `2:05 min`. */
export function delayWords(ms: number): string {
  if (ms < 1000) return say('revocation:ms', { count: Math.round(ms) })
  if (ms < 60_000) return say('revocation:s', { count: (ms / 1000).toFixed(1) })
  return say('revocation:min', { count: `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}` })
}

/** What was revoked, whose, and in which way. */
export function whatWords({ scope, account, sessionId, way }: Revocation): string {
  const whose = account ?? say('revocation:nobody')
  if (scope === 'session') return say(sessionId === null ? 'revocation:what.sessions' : 'revocation:what.session', { account: whose })
  return say('revocation:by', {
    what: say(`revocation:what.${scope}`, { account: whose }),
    way: say(`revocation:way.${way ?? 'none'}.name`),
  })
}
