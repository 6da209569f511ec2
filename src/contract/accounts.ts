import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Revocation } from './revocations.ts'

/** Longest password that is hashed: no one needs more, and the work must stay bounded (OWASP ASVS 5 V6.2.9 asks for at least 64). */
export const MAX_PASSWORD_LENGTH = 1000
/** Shortest new password (OWASP ASVS 5 V6.2.1). */
export const MIN_PASSWORD_LENGTH = 8

/** Schema of an account's role. */
export const Role = z.enum(['admin', 'user'])
/** An account's role. */
export type Role = z.infer<typeof Role>

/** Schema of an account of the target. The password never leaves the target. */
export const Account = z.object({ name: z.string(), role: Role, scopes: z.array(z.string()), isDisabled: z.boolean() })
/** An account of the target. */
export type Account = z.infer<typeof Account>

const ByName = z.strictObject({ name: z.string() })

/** Operations on accounts, by the operator. */
export const accounts = {
  list: oc.route({ method: 'GET', path: '/accounts', summary: 'All accounts' }).output(z.array(Account)),
  change: oc
    .route({
      method: 'PATCH',
      path: '/accounts/{name}',
      summary: 'Change role, scopes, password or disable; a new password and disabling end its sessions and tokens',
    })
    .input(
      ByName.extend({
        role: Role.optional(),
        disabled: z.boolean().optional(),
        /** A new one; what is logged in with the old one ends. */
        password: z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH).optional(),
        scopes: z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/)).optional(),
      }),
    )
    .output(Account),
  endSessions: oc
    .route({
      method: 'DELETE',
      path: '/accounts/{name}/sessions',
      summary: 'Log this account out everywhere: sessions, refresh tokens and access tokens',
    })
    .input(ByName)
    .output(
      z.object({
        /** Sessions and families of refresh tokens. */
        ended: z.number().int(),
        families: z.number().int(),
        /** The stopwatch of its access tokens and, when there were any, of its sessions. */
        revocations: z.array(Revocation),
      }),
    ),
}
