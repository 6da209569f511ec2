import { z } from 'zod'

/** A node of a stranger tells of these, too: no text of theirs is longer than any that the target takes, and no claim than fits a header field. */
const Text = z.string().max(500)
const Claim = z.string().max(32_768)

/** An access token that was presented and whose signature verified, whatever else was wrong with it. */
export const PresentedToken = z.object({
  jti: Claim,
  sub: Claim,
  /** Of its refresh family; null when it names none. */
  sid: Claim.nullable(),
  /** NumericDate: seconds, possibly with a fraction (RFC 7519 §2). */
  iat: z.number(),
  exp: z.number(),
})
/** An access token that was presented and whose signature verified. */
export type PresentedToken = z.infer<typeof PresentedToken>

/** An access token that was issued, without the token. Times are lab time, Unix milliseconds. */
export const IssuedTokenNote = z.object({
  jti: Text,
  account: Text,
  /** Null when the client did not say who it is. */
  clientId: Text.nullable(),
  /** Of its refresh family. */
  sid: Text,
  /** User-Agent of whoever it was issued to, shortened. */
  device: Text.nullable(),
  kid: Text,
  alg: Text,
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
  account: Text,
  /** Null unless it was about one token. */
  jti: Text.nullable(),
  /** Null unless it was about a token or a device. */
  sid: Text.nullable(),
  /** Null unless it was about one session. */
  sessionId: Text.nullable(),
})
/** What a client's own request revoked. */
export type RevocationNote = z.infer<typeof RevocationNote>

/** Why the authentication of an OAuth client failed. */
export const ClientFailure = z.enum(['absent', 'malformed', 'unknown-client', 'wrong-secret', 'two-methods'])
/** Why the authentication of an OAuth client failed. */
export type ClientFailure = z.infer<typeof ClientFailure>

/** Something that belongs into an audit log, besides what was revoked. */
export const AuditNote = z.object({
  kind: z.enum(['login', 'login-failed', 'client-authentication-failed', 'refresh-reused', 'password-changed']),
  /** Null when there is no such account. */
  account: Text.nullable(),
  /**
   * What was given as a name where there is no such account, or as the id of an OAuth client: it may be a password in the wrong field, and is only
   * ever kept hashed.
   */
  name: Text.nullable(),
  /** Of an OAuth client alone: at which endpoint, and why. */
  client: z.object({ endpoint: Text, reason: ClientFailure }).optional(),
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
