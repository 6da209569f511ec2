import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { TargetContext } from '../context.ts'

/**
 * How long others may keep the set at most, seconds. A new key signs as soon as it is published, and a key that was retired in an emergency is
 * gone from here at once: so long can either stay unknown to a cache that does not ask for a `kid` it has never seen.
 */
const MAX_AGE_SECONDS = 60
/** How long others may go on with a set that is stale while this server fails (RFC 5861 §4), seconds. */
const STALE_IF_ERROR_SECONDS = 300

/** RFC 9111 §5.2.2.1: a set is not fresh beyond the moment at which the next key is planned. Whole seconds. */
const maxAge = ({ clock, nextKeyAt }: TargetContext): number =>
  nextKeyAt === null ? MAX_AGE_SECONDS : Math.min(MAX_AGE_SECONDS, Math.max(1, Math.floor((nextKeyAt - clock.nowMs()) / 1000)))

/** `GET /.well-known/jwks.json` (RFC 7517 §5): the public keys that this node has now; empty when all are symmetric. */
export const listKeys =
  (context: TargetContext): RequestHandler =>
  (request, response) => {
    const set = JSON.stringify({ keys: context.policy.keyring.publicKeys() })
    response.setHeader('Cache-Control', `public, max-age=${maxAge(context)}, stale-if-error=${STALE_IF_ERROR_SECONDS}`)
    // The same at every node that has the same keys: a set is not fetched anew only since another node is asked (RFC 9110 §8.8.3).
    response.setHeader('ETag', `"${createHash('sha256').update(set).digest('base64url')}"`)
    if (request.fresh) response.status(304).end()
    else response.type('application/jwk-set+json').send(set)
  }
