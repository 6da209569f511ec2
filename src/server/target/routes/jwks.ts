import type { RequestHandler } from 'express'
import type { TargetContext } from '../context.ts'

/** How long others may keep the set, seconds: the longest that a key which is published before it signs can stay unknown to them. */
const MAX_AGE_SECONDS = 60

/** `GET /.well-known/jwks.json` (RFC 7517 §5): the public keys that this node has now; empty when all are symmetric. */
export const listKeys =
  (context: TargetContext): RequestHandler =>
  (_request, response) => {
    response.setHeader('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
    response.type('application/jwk-set+json').send(JSON.stringify({ keys: context.policy.keyring.publicKeys() }))
  }
