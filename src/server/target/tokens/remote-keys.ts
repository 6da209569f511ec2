import { createPublicKey } from 'node:crypto'
import { Pool } from 'undici'
import { z } from 'zod'
import { TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import type { AllowedHosts } from '../../allowed-hosts.ts'
import { LabError } from '../../errors.ts'
import { createVerifyingKey, type Keyring, type PublicJwk, type VerifyingKey } from './keyring.ts'

/** The least time between two fetches, milliseconds: tokens with made-up key ids must not become requests to the issuer. */
const MIN_INTERVAL_MS = 5000
const FETCH_WITHIN_MS = 3000
/** How long a set is fresh whose answer does not say, and at most, milliseconds. */
const DEFAULT_FRESH_MS = 300_000
const MAX_FRESH_MS = 24 * 3_600_000
/**
 * How long a set that is no longer fresh is gone by while no other can be had, when its answer does not say, and at most, milliseconds. After
 * that no key is known: whoever cuts the connection must not keep a key good that was retired in an emergency.
 */
const DEFAULT_STALE_MS = 300_000
const MAX_STALE_MS = 3_600_000
/** Octets. */
const MAX_SET = 256 * 1024
const MAX_KEYS = 100

/** RFC 7517 §5: members that are not understood are ignored. */
const JwkSet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) })
/** A public key for signatures: one whose algorithm, id or use is not told is of no use here (RFC 8725 §3.1). */
const RemoteJwk = z.object({
  kty: z.enum(['RSA', 'EC']),
  kid: z.string().min(1).max(200),
  alg: TokenAlgorithm,
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
})

interface FetchedSet {
  readonly keys: ReadonlyMap<string, VerifyingKey>
  readonly published: readonly PublicJwk[]
  /** On the clock of {@link RemoteKeysOptions}. */
  readonly fetchedAt: number
  readonly freshUntil: number
  /** None of its keys is known from then on. */
  readonly usableUntil: number
  /** What it is asked for by when it is stale; empty when there is nothing (RFC 9110 §8.8.3). */
  readonly etag: string
  readonly cacheControl: string
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Where keys are fetched from. */
export interface RemoteKeysOptions {
  readonly url: string
  readonly allowedHosts: AllowedHosts
  /** Milliseconds that only ever grow, from anywhere. */
  readonly nowMs: () => number
}

/** Null when it is no key that can be verified with here. RFC 7517 §5: such a one is ignored, the others of its set are not. */
const readKey = (candidate: unknown): { key: VerifyingKey; published: PublicJwk } | null => {
  const { data } = RemoteJwk.safeParse(candidate)
  if (!data) return null
  const { kid, alg, kty, key_ops: _operations, use: _use, ...members } = data
  try {
    const key = createVerifyingKey(kid, alg, createPublicKey({ key: { kty, ...members }, format: 'jwk' }))
    return { key, published: { ...(members as Record<string, string>), kty, kid, alg, use: 'sig' } }
  } catch {
    return null
  }
}

/** The argument of a directive; null when there is none. */
const secondsOf = (directive: string, cacheControl: string): number | null => {
  const seconds = new RegExp(`(?:^|[\\s,])${directive}="?(\\d{1,9})\\b`, 'i').exec(cacheControl)?.[1]
  return seconds === undefined ? null : Number(seconds)
}

/** RFC 9111 §4.2.1 and §5.2.2, as a private cache: how long an answer may be used without asking again, milliseconds. */
const freshFor = (cacheControl: string, age: string): number => {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0
  const maxAge = secondsOf('max-age', cacheControl)
  return maxAge === null ? DEFAULT_FRESH_MS : Math.min(MAX_FRESH_MS, Math.max(0, maxAge - (Number(age) || 0)) * 1000)
}

/** RFC 9111 §4.2.4 and RFC 5861 §4: how much longer it may be used while the issuer fails, milliseconds. */
const staleFor = (cacheControl: string): number => {
  if (/\b(?:no-(?:store|cache)|must-revalidate)\b/i.test(cacheControl)) return 0
  const seconds = secondsOf('stale-if-error', cacheControl)
  return seconds === null ? DEFAULT_STALE_MS : Math.min(MAX_STALE_MS, seconds * 1000)
}

const textOf = (field: string | string[] | undefined): string => String(field ?? '')

/** The public keys of an issuer elsewhere, as its JWK Set (RFC 7517 §5) has them; the only thing that fetches one. It signs nothing. */
export class RemoteKeys implements Keyring {
  readonly signing = null
  readonly #url: URL
  readonly #nowMs: () => number
  readonly #pool: Pool
  #set: FetchedSet
  #triedAt: number
  #hasFailed = false
  #fetching: Promise<void> | null = null

  private constructor({ url, nowMs }: RemoteKeysOptions) {
    this.#url = new URL(url)
    this.#nowMs = nowMs
    this.#pool = new Pool(this.#url.origin, { connections: 1, maxResponseSize: MAX_SET })
    this.#set = {
      keys: new Map(),
      published: [],
      fetchedAt: nowMs(),
      freshUntil: nowMs(),
      usableUntil: nowMs(),
      etag: '',
      cacheControl: '',
    }
    this.#triedAt = nowMs()
  }

  /** @throws LabError `host-not-allowed`, or `jwks-unreachable` when no set can be had there at the start */
  static async open(options: RemoteKeysOptions): Promise<RemoteKeys> {
    options.allowedHosts.require(options.url, 'The JWK Set')
    const keys = new RemoteKeys(options)
    await keys.#fetch()
    if (!keys.#hasFailed) return keys
    await keys.close()
    throw new LabError('jwks-unreachable', `No JWK Set can be had at ${options.url}: start what publishes it, or correct --jwks-url.`)
  }

  /** Ids of the keys it knows. */
  get kids(): string[] {
    return this.#isUsable() ? [...this.#set.keys.keys()] : []
  }

  find(kid: string): VerifyingKey | null {
    return this.#isUsable() ? (this.#set.keys.get(kid) ?? null) : null
  }

  publicKeys(): readonly PublicJwk[] {
    return this.#isUsable() ? this.#set.published : []
  }

  /** How long ago the issuer last gave it, or said that it is still the one. */
  ageSeconds(): number {
    return Math.floor((this.#nowMs() - this.#set.fetchedAt) / 1000)
  }

  refresh(kid: string | null): Promise<void> | null {
    const now = this.#nowMs()
    const isKnown = kid !== null && this.find(kid) !== null
    const isWanted = now >= this.#set.freshUntil || (kid !== null && !isKnown)
    if (!isWanted) return null
    if (!this.#fetching && now < this.#triedAt + MIN_INTERVAL_MS) return null
    // A known key goes on being good for a while when the issuer is away: nobody waits for what has failed before.
    const doesWait = !isKnown || !this.#hasFailed
    const fetching = this.#fetching ?? this.#fetch()
    return doesWait ? fetching : null
  }

  /** Cuts off what is being fetched. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  #fetch(): Promise<void> {
    this.#triedAt = this.#nowMs()
    this.#fetching = this.#tryFetch().then((set) => {
      this.#fetching = null
      this.#hasFailed = set === null
      if (set) this.#set = set
    })
    return this.#fetching
  }

  /** Whether it is fresh, or stale for no longer than it may be. */
  #isUsable(): boolean {
    return this.#nowMs() < this.#set.usableUntil
  }

  /** Null when none can be had; then the one that is there stays, as long as it may. */
  async #tryFetch(): Promise<FetchedSet | null> {
    try {
      const { pathname, search } = this.#url
      const { statusCode, headers, body } = await this.#pool.request({
        method: 'GET',
        path: `${pathname}${search}`,
        headers: { Accept: 'application/jwk-set+json, application/json', ...(this.#set.etag && { 'If-None-Match': this.#set.etag }) },
        signal: AbortSignal.timeout(FETCH_WITHIN_MS),
      })
      if (statusCode === 200) return this.#read(await body.json(), headers)
      await body.dump()
      // RFC 9111 §4.3.4: it is still the one, and fresh again.
      return statusCode === 304 && this.#set.etag !== '' ? { ...this.#set, ...this.#times(headers, this.#set.cacheControl) } : null
    } catch {
      return null
    }
  }

  #read(content: unknown, headers: Headers): FetchedSet {
    const found = JwkSet.parse(content).keys.flatMap((candidate) => readKey(candidate) ?? [])
    return {
      keys: new Map(found.map(({ key }) => [key.kid, key])),
      published: found.map(({ published }) => published),
      etag: textOf(headers['etag']),
      ...this.#times(headers),
    }
  }

  /** @param before what was said of the set that is there, for an answer that says nothing anew */
  #times(headers: Headers, before = ''): Pick<FetchedSet, 'fetchedAt' | 'freshUntil' | 'usableUntil' | 'cacheControl'> {
    const now = this.#nowMs()
    const cacheControl = textOf(headers['cache-control']) || before
    const freshUntil = now + freshFor(cacheControl, textOf(headers['age']))
    // One that is not to be kept at all serves until the next may be fetched.
    const usableUntil = Math.max(freshUntil + staleFor(cacheControl), now + MIN_INTERVAL_MS)
    return { fetchedAt: now, freshUntil, usableUntil, cacheControl }
  }
}
