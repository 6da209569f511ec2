import type { Request } from 'express'
import { RESOURCE_SERVER } from '../../contract/oauth-clients.ts'
import type { ClientFailure } from '../credential-notes.ts'
import { createSecretCheck } from '../secret-check.ts'
import type { TargetContext } from './context.ts'
import { checkOneAuthorization } from './credentials.ts'
import type { Denial } from './problem.ts'
import { noteAudit, report, startTimer } from './trace.ts'

/** The client of a request to an OAuth endpoint, or why it is refused. `clientId` null: it did not say who it is. */
export type ClientOutcome =
  | { readonly clientId: string | null; readonly isConfidential: boolean; readonly denial: null }
  | { readonly denial: Denial; readonly error: 'invalid_client' | 'invalid_request' }

const SOURCE = {
  kind: 'client-authentication',
  clause: 'RFC 6749 §2.3.1',
  file: 'client-authentication.ts',
  symbol: 'authenticateClient',
} as const

/** RFC 6749 §5.2: the scheme that the client used, or has to use. */
const CHALLENGE = 'Basic realm="authlab", charset="UTF-8"'

/** What a check of client authentication came to, as the trace shows it. */
type Reason = 'good' | ClientFailure

const TITLES: Readonly<Record<Reason, string>> = {
  good: 'The client has proved who it is',
  absent: 'A confidential client must prove who it is, and this one did not',
  malformed: 'The client authentication cannot be read',
  'unknown-client': 'No confidential client has that id',
  'wrong-secret': 'The client secret is wrong',
  'two-methods': 'The client authenticates in more than one way',
}

const refuse = (verdict: Denial['verdict'], detail: string): ClientOutcome => ({
  denial: { verdict, status: 401, detail, challenge: CHALLENGE },
  error: 'invalid_client',
})

/** RFC 6749 §2.3.1: id and secret are encoded as in a form before they are joined; null when they are not. */
const formDecoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** RFC 7617 §2, with the encoding of RFC 6749 §2.3.1; null when the field cannot be read. */
const readBasic = (credentials: string): { id: string; secret: string } | null => {
  const encoded = credentials.trim()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return null
  const id = formDecoded(text.slice(0, colon))
  const secret = formDecoded(text.slice(colon + 1))
  return id === null || secret === null ? null : { id, secret }
}

const isBasic = (header: string | undefined): header is string => /^basic(?: |$)/i.test(header ?? '')

/** Longer than any id of a client: no more of it is looked at. */
const MAX_NOTED_ID = 200

/** OWASP ASVS 5 V16.3.1: a failed authentication is written down, of a client as of an account. */
const noteFailure = ({ path }: Request, reason: ClientFailure, clientId: string | null): void =>
  noteAudit({
    kind: 'client-authentication-failed',
    account: null,
    name: clientId?.slice(0, MAX_NOTED_ID) ?? null,
    client: { endpoint: path, reason },
  })

/** The secret is compared whoever it is for, so that the time tells nothing of the id either (RFC 6749 §10.10). */
const judge = ({ clientSecret }: TargetContext, given: { id: string; secret: string }): Reason => {
  const isRight = createSecretCheck(clientSecret ?? '')(given.secret) && clientSecret !== null
  if (given.id !== RESOURCE_SERVER) return 'unknown-client'
  return isRight ? 'good' : 'wrong-secret'
}

/**
 * Says who the client of a request to an OAuth endpoint is. A confidential client authenticates by HTTP Basic (RFC 6749 §2.3.1), a public one
 * only says its id. The secret has 256 random bits: guesses need no counting.
 * @param stated.clientId the parameter `client_id` of the body
 * @param stated.hasSecret the body has a `client_secret`: that way is not offered here (RFC 6749 §2.3.1 does not recommend it)
 * @param isRequired whether the client must be a confidential one
 */
export const authenticateClient = (
  context: TargetContext,
  request: Request,
  stated: { readonly clientId: string | undefined; readonly hasSecret: boolean },
  isRequired: boolean,
): ClientOutcome => {
  const startedAt = startTimer()
  const { authorization } = request.headers
  const tell = (reason: Reason, client: string | null): void => {
    report(SOURCE, {
      outcome: reason === 'good' ? 'pass' : 'fail',
      startedAt,
      title: TITLES[reason],
      evidence: () => ({ client, method: isBasic(authorization) ? 'client_secret_basic' : 'none', reason }),
    })
    if (reason !== 'good') noteFailure(request, reason, client)
  }
  const repeated = checkOneAuthorization(request)
  if (repeated) noteFailure(request, 'two-methods', stated.clientId ?? null)
  // RFC 6749 §5.2: more than one way to authenticate is an invalid request; the challenge of bearer tokens is not for clients.
  if (repeated) return { denial: { verdict: 'bad-credentials', status: 400, detail: repeated.detail }, error: 'invalid_request' }
  if (!isBasic(authorization)) {
    const mustProve = isRequired || stated.hasSecret || stated.clientId === RESOURCE_SERVER
    if (!mustProve) return { clientId: stated.clientId ?? null, isConfidential: false, denial: null }
    tell('absent', stated.clientId ?? null)
    return refuse('no-credential', 'Client authentication by HTTP Basic is needed.')
  }
  const given = readBasic(authorization.slice('basic '.length))
  if (given && (stated.hasSecret || (stated.clientId !== undefined && stated.clientId !== given.id))) {
    tell('two-methods', given.id)
    const detail = 'The client names itself in more than one way, and not as the same.'
    return { denial: { verdict: 'bad-credentials', status: 400, detail }, error: 'invalid_request' }
  }
  const reason = given ? judge(context, given) : 'malformed'
  tell(reason, given?.id ?? null)
  if (reason !== 'good' || !given) return refuse('bad-credentials', 'Client authentication failed.')
  return { clientId: given.id, isConfidential: true, denial: null }
}
