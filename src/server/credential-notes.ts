import { z } from 'zod'

/** An access token that was presented and whose signature verified, whatever else was wrong with it. */
export const PresentedToken = z.object({
  jti: z.string(),
  sub: z.string(),
  /** Of its refresh family; null when it names none. */
  sid: z.string().nullable(),
  /** NumericDate: seconds, possibly with a fraction (RFC 7519 §2). */
  iat: z.number(),
  exp: z.number(),
})
/** An access token that was presented and whose signature verified. */
export type PresentedToken = z.infer<typeof PresentedToken>

/** An access token that was issued, without the token. Times are lab time, Unix milliseconds. */
export const IssuedTokenNote = z.object({
  jti: z.string(),
  account: z.string(),
  /** Null when the client did not say who it is. */
  clientId: z.string().nullable(),
  /** Of its refresh family. */
  sid: z.string(),
  /** User-Agent of whoever it was issued to, shortened. */
  device: z.string().nullable(),
  kid: z.string(),
  alg: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** Length of the token. */
  bytes: z.number().int(),
  /** Claim `ver`; null when it carries none. */
  version: z.number().int().nullable(),
})
/** An access token that was issued, without the token. */
export type IssuedTokenNote = z.infer<typeof IssuedTokenNote>

/** What a client's own request revoked: one token, all of one device (a refresh family), all of an account, or one session. */
export const RevocationNote = z.object({
  scope: z.enum(['token', 'device', 'account', 'session']),
  account: z.string(),
  /** Null unless it was about one token. */
  jti: z.string().nullable(),
  /** Null unless it was about a token or a device. */
  sid: z.string().nullable(),
  /** Null unless it was about one session. */
  sessionId: z.string().nullable(),
})
/** What a client's own request revoked. */
export type RevocationNote = z.infer<typeof RevocationNote>

/** Something that belongs into an audit log, besides what was revoked. */
export const AuditNote = z.object({
  kind: z.enum(['login', 'login-failed', 'refresh-reused', 'password-changed']),
  /** Null when there is no such account. */
  account: z.string().nullable(),
  /** What was given as a name where there is no such account: it may be a password in the wrong field, and is only ever kept hashed. */
  name: z.string().nullable(),
})
/** Something that belongs into an audit log, besides what was revoked. */
export type AuditNote = z.infer<typeof AuditNote>

/** What an exchange tells of credentials, besides its steps. */
export interface CredentialNotes {
  /** Null when it presented none, or one whose signature did not verify. */
  token: PresentedToken | null
  issued: IssuedTokenNote[]
  /** Public id of the session that the cookie names, found or not; null when the cookie is not this server's, or absent. */
  sessionId: string | null
  revocations: RevocationNote[]
  audits: AuditNote[]
}
