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
/** How long an older key goes on verifying: as long as something that it signed can be good. */
export const KEY_OVERLAP = { tokenMs: LIFETIMES.accessToken * 1000 + MAX_LEEWAY_SECONDS * 1000, cookieMs: LIFETIMES.sessionAbsolute * 1000 }
/** `iss` of access tokens: the same for every node, wherever it runs. */
export const ISSUER = 'http://app.localhost'
/** `aud` of access tokens. */
export const AUDIENCE = 'authlab-target'
