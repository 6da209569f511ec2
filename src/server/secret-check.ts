import { hash, timingSafeEqual } from 'node:crypto'

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

/**
 * Whether something given from outside is this secret. However much of it is right, and however long it is, the answer takes the same time:
 * else it could be guessed octet by octet. Digests have one length.
 */
export const createSecretCheck = (secret: string): ((given: unknown) => boolean) => {
  const expected = digest(secret)
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), expected)
}
