import type { RequestHandler } from 'express'
import { authenticateClient } from '../client-authentication.ts'
import type { TargetContext } from '../context.ts'
import { IntrospectInput } from '../input.ts'
import { sendOAuthError } from '../problem.ts'
import { introspectToken } from '../tokens/introspect.ts'
import { noteVerdict } from '../trace.ts'

/**
 * `POST /token/introspect` (RFC 7662): says whether a token is active, to a confidential client alone (§2.1: else tokens could be fished for).
 * The body is a form. It asks nobody else, whatever the way of revocation is: what is asked here is answered here.
 */
export const introspect =
  (context: TargetContext): RequestHandler =>
  async (request, response) => {
    const { data } = IntrospectInput.safeParse(request.body ?? {})
    const stated = { clientId: data?.client_id, hasSecret: data?.client_secret !== undefined }
    const client = authenticateClient(context, request, stated, true)
    if (client.denial) {
      sendOAuthError(response, client.error, client.denial)
      return
    }
    if (!data) {
      const detail = 'token is missing, repeated or not valid: send it as application/x-www-form-urlencoded.'
      sendOAuthError(response, 'invalid_request', { verdict: 'not-auth', status: 400, detail })
      return
    }
    const answer = await introspectToken(context, data.token)
    // The client was allowed to ask, whatever the answer is.
    noteVerdict('allowed')
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Pragma', 'no-cache')
    response.json(answer)
  }
