import type { Request, Response } from 'express'
import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../contract/accounts.ts'
import { sendProblem } from './problem.ts'

const password = z.string().min(1).max(MAX_PASSWORD_LENGTH)
const name = z.string().min(1).max(200)
/** Longer than any that comes through in a header field. */
const MAX_TOKEN_LENGTH = 30_000

/** Body of a login. */
export const LoginInput = z.object({ username: name, password })
/** Body of a token request (RFC 6749 §4.3.2, §6). A parameter that is repeated arrives as an array and is refused (§3.2). */
export const TokenInput = z.object({
  grant_type: z.string(),
  username: name.optional(),
  password: password.optional(),
  refresh_token: z.string().min(1).max(500).optional(),
  scope: z.string().max(1000).optional(),
  client_id: z.string().max(200).optional(),
  client_secret: z.unknown().optional(),
  transport: z.enum(['body', 'cookie']).default('body'),
})
/** Body of a revocation (RFC 7009 §2.1); `token_type_hint` is no more than a hint, and not needed here. */
export const RevokeInput = z.object({
  token: z.string().min(1).max(MAX_TOKEN_LENGTH).optional(),
  client_id: z.string().max(200).optional(),
  client_secret: z.unknown().optional(),
  transport: z.enum(['body', 'cookie']).default('body'),
})
/** Body of an introspection (RFC 7662 §2.1); `token_type_hint` is no more than a hint, and not needed here. */
export const IntrospectInput = z.object({
  token: z.string().min(1).max(MAX_TOKEN_LENGTH),
  client_id: z.string().max(200).optional(),
  client_secret: z.unknown().optional(),
})
/** Body of an addition to the cart. */
export const CartInput = z.object({ item: z.string().min(1).max(40) })
/** As long as a line of text that nobody means to print. A token with every claim of the lab fits. */
const MAX_MEMO_LENGTH = 4000
/** Body of a transfer; the amount in cents. `memo` is for the recipient to read, and any text. */
export const TransferInput = z.object({
  to: name,
  amountCents: z.number().int().positive().max(100_000_000),
  memo: z.string().max(MAX_MEMO_LENGTH).default(''),
})
/** Body of a change of password. */
export const PasswordInput = z.object({
  currentPassword: password,
  newPassword: z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH),
})

/** Reads the body of a request; null when it is not what the schema asks, and then the client has been told. */
export const readInput = <T>(schema: z.ZodType<T>, request: Request, response: Response): T | null => {
  const parsed = schema.safeParse(request.body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') || 'body'
  sendProblem(response, { verdict: 'not-auth', status: 400, detail: `${where}: ${issue?.message ?? 'not valid'}.` })
  return null
}
