import type { Lifetimes } from '../contract/lab.ts'

/** Seconds: 30 minutes idle, 12 hours in all; an access token lives 15 minutes. */
export const LIFETIMES: Lifetimes = { sessionIdle: 1800, sessionAbsolute: 43_200, accessToken: 900 }
/** `iss` of access tokens: the same for every node, wherever it runs. */
export const ISSUER = 'http://app.localhost'
/** `aud` of access tokens. */
export const AUDIENCE = 'authlab-target'
