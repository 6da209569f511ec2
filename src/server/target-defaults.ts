import { MAX_LEEWAY_SECONDS } from '../contract/cluster.ts'
import type { Lifetimes } from '../contract/lifetimes.ts'

/**
 * Seconds. A session: 30 minutes idle, 12 hours in all. An access token: 15 minutes. A refresh token: one day idle, seven days in all, no grace.
 */
export const LIFETIMES: Lifetimes = {
  sessionIdle: 1800,
  sessionAbsolute: 43_200,
  accessToken: 900,
  refreshIdle: 86_400,
  refreshAbsolute: 604_800,
  refreshGrace: 0,
}
/** How long an older key goes on verifying, milliseconds: as long as something that it signed under these lifetimes can be good. */
export const keyOverlap = ({ accessToken, sessionAbsolute }: Lifetimes): { tokenMs: number; cookieMs: number } => ({
  tokenMs: (accessToken + MAX_LEEWAY_SECONDS) * 1000,
  cookieMs: sessionAbsolute * 1000,
})
/** `iss` of access tokens: the same for every node, wherever it runs. */
export const ISSUER = 'http://app.localhost'
/** `aud` of access tokens. */
export const AUDIENCE = 'authlab-target'
