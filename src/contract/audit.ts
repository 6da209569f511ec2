import { oc } from '@orpc/contract'
import { z } from 'zod'
import { OPERATOR_ACTIONS } from './lab.ts'
import { ExchangeMechanism } from './mechanism.ts'
import { Verdict } from './verdict.ts'

/** What is written down: what a client did or tried, and what the operator did to accounts and credentials. */
export const AUDIT_KINDS = [
  'login',
  'login-failed',
  'client-authentication-failed',
  'refresh-reused',
  'password-changed',
  'revocation',
  'operator',
] as const

/** The most entries that are kept; the oldest leave. */
export const MAX_AUDIT = 5000

/** Schema of one entry of the audit log. No id in it can be used: sessions, tokens and families are named by a hash (OWASP ASVS 5 V16.2.5). */
export const AuditEntry = z.object({
  id: z.string(),
  /** Lab time, Unix milliseconds. */
  at: z.number(),
  /** Real time, Unix milliseconds. */
  realAt: z.number(),
  kind: z.enum(AUDIT_KINDS),
  /** What the operator did; null for what a client did. */
  action: z.enum(OPERATOR_ACTIONS).nullable(),
  /** Null when there is no such account: what was typed is in `subject`, hashed. */
  account: z.string().nullable(),
  /** Null when the operator did it. */
  verdict: Verdict.nullable(),
  mechanism: ExchangeMechanism.nullable(),
  node: z.string().nullable(),
  /**
   * The first 32 digits of a SHA-256, of a name and of an OAuth client's id of an HMAC with a secret of the lab; null when it is about an account as
   * a whole, or about a client that did not say who it is.
   */
  subject: z.object({ kind: z.enum(['session', 'token', 'device', 'name', 'client']), hash: z.string() }).nullable(),
  /** Null when the operator did it, or recording was off. */
  exchange: z.string().nullable(),
  /** What the operator changed, what a revocation ended, or where and why the authentication of a client failed. */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
/** One entry of the audit log. */
export type AuditEntry = z.infer<typeof AuditEntry>

/** Operations on the audit log. */
export const audit = {
  list: oc
    .route({
      method: 'GET',
      path: '/audit',
      summary: 'Logins, failures (of accounts and of OAuth clients), revocations and changes of accounts, newest first',
    })
    .input(
      z.strictObject({
        /** Words that are all in it: account, kind, action, verdict, node or hash. */
        q: z.string().max(200).optional(),
        kind: z.enum(AUDIT_KINDS).optional(),
        account: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(MAX_AUDIT).default(1000),
      }),
    )
    .output(z.array(AuditEntry)),
}
