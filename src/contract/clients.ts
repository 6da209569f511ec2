import { oc } from '@orpc/contract'
import { z } from 'zod'
import { CausedExchanges, HeaderPairs, RequestPath } from './exchanges.ts'
import { Mechanism } from './mechanism.ts'

/** Schema of a cookie as a client's jar holds it. */
export const JarCookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.string(),
  path: z.string(),
  /** Lab time, Unix milliseconds; null for a session cookie, which lives until the user agent closes. */
  expiresAt: z.number().nullable(),
  isHttpOnly: z.boolean(),
  isSecure: z.boolean(),
  /** As sent by the server; null when the attribute was absent. */
  sameSite: z.enum(['Strict', 'Lax', 'None']).nullable(),
  /** Lab time of creation, Unix milliseconds. */
  createdAt: z.number(),
})
/** A cookie as a client's jar holds it. */
export type JarCookie = z.infer<typeof JarCookie>

/** Schema of a cookie that a client was given and did not store: name and value had more than 4096 octets (RFC 6265bis §5.6). */
const IgnoredCookie = z.object({
  name: z.string(),
  /** Of name and value. */
  octets: z.number().int(),
  /** Lab time, Unix milliseconds. */
  at: z.number(),
})
/** A cookie that a client was given and did not store. */
export type IgnoredCookie = z.infer<typeof IgnoredCookie>

/** Schema of a token that a client holds or has let go. */
export const VaultToken = z.object({
  kind: z.enum(['access', 'refresh']),
  token: z.string(),
  /** Lab time it was received, Unix milliseconds. */
  receivedAt: z.number(),
  /** From the `exp` claim, lab time, Unix milliseconds; null when the token has none or cannot be read, as a refresh token. */
  expiresAt: z.number().nullable(),
})
/** A token that a client holds or has let go. */
export type VaultToken = z.infer<typeof VaultToken>

/** Schema of a client: one virtual user agent. */
export const Client = z.object({
  id: z.string(),
  /** For example `Alice·Laptop`. */
  name: z.string(),
  /** The account it logs in as unless told otherwise. */
  account: z.string(),
  device: z.string(),
  mechanism: Mechanism,
  isAttacker: z.boolean(),
  cookies: z.array(JarCookie),
  /** The last of each name; none once a cookie of that name was stored. */
  ignoredCookies: z.array(IgnoredCookie),
  vault: z.array(VaultToken),
  /** The tokens it threw away at logout: still good for whoever kept a copy, until they expire. */
  discarded: z.array(VaultToken),
  /** `id` of the session row behind its `sid` cookie, or null. */
  sessionId: z.string().nullable(),
})
/** A client: one virtual user agent with its own jar and vault. */
export type Client = z.infer<typeof Client>

/** The most tabs that refresh at once. */
const MAX_REFRESHES_AT_ONCE = 8

const ById = z.strictObject({ id: z.string() })
const Name = z.string().trim().min(1).max(40)

/** Operations on clients. All of them act for real, through the balancer. */
export const clients = {
  list: oc.route({ method: 'GET', path: '/clients', summary: 'All clients' }).output(z.array(Client)),
  add: oc
    .route({ method: 'POST', path: '/clients', summary: 'Add a client', successStatus: 201 })
    .input(z.strictObject({ name: Name, account: Name, device: Name.optional(), mechanism: Mechanism }))
    .output(Client),
  change: oc
    .route({ method: 'PATCH', path: '/clients/{id}', summary: 'Rename a client or change its mechanism' })
    .input(ById.extend({ name: Name.optional(), account: Name.optional(), mechanism: Mechanism.optional() }))
    .output(Client),
  remove: oc
    .route({ method: 'DELETE', path: '/clients/{id}', summary: 'Remove a client', successStatus: 204 })
    .input(ById)
    .output(z.void()),
  login: oc
    .route({ method: 'POST', path: '/clients/{id}/login', summary: "Log in by the client's mechanism" })
    .input(ById.extend({ username: z.string().max(200).optional(), password: z.string().max(1000).optional() }))
    .output(CausedExchanges),
  logout: oc
    .route({
      method: 'POST',
      path: '/clients/{id}/logout',
      summary: 'Log out; a JWT client has its refresh token revoked and discards its copies',
    })
    .input(ById)
    .output(CausedExchanges),
  refresh: oc
    .route({
      method: 'POST',
      path: '/clients/{id}/refresh',
      summary: 'Give the refresh token for new tokens; JWT clients only. With `times` so often at once, as tabs of one browser do',
    })
    .input(
      ById.extend({
        /** Requests that are sent at once, each with the same refresh token. */
        times: z.number().int().min(1).max(MAX_REFRESHES_AT_ONCE).default(1),
      }),
    )
    .output(CausedExchanges),
  request: oc
    .route({ method: 'POST', path: '/clients/{id}/requests', summary: 'Send one request as this client' })
    .input(
      ById.extend({
        method: z.string().min(1).max(20).default('GET'),
        path: RequestPath,
        headers: HeaderPairs.optional(),
        body: z.string().optional(),
        /** Which credential goes along: what the client holds, the last token it discarded, or nothing. */
        credential: z.enum(['current', 'discarded', 'none']).default('current'),
      }),
    )
    .output(CausedExchanges),
}
