import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import type { Verdict } from '../../../src/contract/verdict.ts'
import { decodeCompactJwt } from '../../../src/protocol/jwt.ts'
import { generateKey } from '../../../src/server/new-key.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'
import { bearer, getToken, startTarget, type Target } from '../support.ts'
import { part, signed } from './signed.ts'

const RUNS = 100
const REFUSALS: readonly Verdict[] = ['malformed-token', 'unsupported-algorithm', 'unknown-key', 'bad-signature']

let lab: Target
const keys: TokenKeySource[] = []
/** A good token of each algorithm. */
const tokens = new Map<TokenAlgorithm, string>()

beforeAll(async () => {
  for (const alg of TOKEN_ALGORITHMS) keys.push({ ...(await generateKey(alg)), isSigning: false })
  lab = await startTarget()
  for (const alg of TOKEN_ALGORITHMS) {
    lab.target.setKeys({ cookieSecrets: ['one'], tokenKeys: keys.map((key) => ({ ...key, isSigning: key.alg === alg })) })
    tokens.set(alg, await getToken(lab))
  }
})
afterAll(() => lab.close())

const partsOf = (token: string): string[] => token.split('.')
const readPart = (text: string): Record<string, unknown> => JSON.parse(Buffer.from(text, 'base64url').toString())
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))

/** One letter replaced, left out or put in; the end cut off or grown. */
const textual = (good: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(fc.nat(good.length - 1), visible).map(([at, letter]) => good.slice(0, at) + letter + good.slice(at + 1)),
    fc.nat(good.length - 1).map((at) => good.slice(0, at) + good.slice(at + 1)),
    fc.tuple(fc.nat(good.length), visible).map(([at, letter]) => good.slice(0, at) + letter + good.slice(at)),
    fc.nat(good.length - 1).map((length) => good.slice(0, length)),
    fc.string({ unit: visible, minLength: 1, maxLength: 40 }).map((more) => good + more),
  )

/** One bit of what a part decodes to, the part encoded again as it should be. */
const oneBit = (good: string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(2), fc.nat(10_000), fc.nat(7)).map(([which, octet, bit]) => {
    const parts = partsOf(good)
    const octets = Buffer.from(parts[which] ?? '', 'base64url')
    const at = octet % octets.length
    octets[at] = (octets[at] ?? 0) ^ (1 << bit)
    return parts.with(which, octets.toString('base64url')).join('.')
  })

/** Claims or header parameters changed, added or taken away under the same signature. */
const rewritten = (good: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(1),
      fc.dictionary(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'jwk', 'sub', 'role', 'exp', 'aud', 'x'), fc.jsonValue(), { minKeys: 1 }),
    )
    .map(([which, changed]) => {
      const parts = partsOf(good)
      return parts.with(which, part({ ...readPart(parts[which] ?? ''), ...changed })).join('.')
    })

/** Parts of good tokens of whatever algorithm, none, or anything, in any order. */
const shuffled = (): fc.Arbitrary<string> => {
  const all = [...tokens.values()].flatMap(partsOf)
  const anything = fc.oneof(fc.string({ unit: visible, maxLength: 300 }), fc.json().map(part), fc.constant(''))
  return fc.array(fc.oneof(fc.constantFrom(...all), anything), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
}

/** RFC 6265 §4.1.1, cookie-octet: with any other letter the value would end before it, or be read as none. */
const fitsCookie = (token: string): boolean => /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(token)

const isGood = (token: string): boolean => [...tokens.values()].includes(token)

const refused = async (token: string, headers: Record<string, string>): Promise<void> => {
  const accepted = lab.target.counts().tokensVerified
  const { status, trace, headers: answered } = await lab.send('GET', '/me', { headers })
  expect([status, trace.account, lab.target.counts().tokensVerified - accepted], token).toEqual([401, null, 0])
  expect(REFUSALS).toContain(trace.verdict)
  expect(answered.get('www-authenticate')).toContain('error="invalid_token"')
}

describe.each(TOKEN_ALGORITHMS)('a mutated token of %s', (alg) => {
  test.each([
    ['in its text', textual],
    ['in one bit', oneBit],
    ['in what it says', rewritten],
  ] as const)('%s is never accepted, never a server error, and never says who somebody is', async (_where, mutate) => {
    await fc.assert(
      fc.asyncProperty(mutate(tokens.get(alg) as string), async (token) => {
        fc.pre(!isGood(token))
        await refused(token, bearer(token))
      }),
      { numRuns: RUNS },
    )
  })
})

describe('whatever its parts are', () => {
  test('parts of good tokens and of none, put together anew, are never accepted', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled(), async (token) => {
        fc.pre(!isGood(token) && token !== '')
        await refused(token, bearer(token))
      }),
      { numRuns: RUNS },
    )
  })

  test('in a cookie it is the same', async () => {
    const good = tokens.get('ES256') as string
    await fc.assert(
      fc.asyncProperty(fc.oneof(oneBit(good), rewritten(good), shuffled()), async (token) => {
        fc.pre(!isGood(token) && fitsCookie(token))
        await refused(token, { cookie: `access_token=${token}` })
      }),
      { numRuns: RUNS },
    )
  })

  test('any header and any claims, well signed, are answered by 200 or 401; and what is accepted is an access token for this service', async () => {
    const key = keys.find(({ alg }) => alg === 'HS256') as TokenKeySource
    const good = readPart(partsOf(tokens.get('HS256') as string)[1] ?? '')
    const names = fc.constantFrom('iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti', 'role', 'scope', 'client_id', 'sid', '__proto__', 'x')
    const odd = fc.oneof(fc.jsonValue(), fc.double({ noNaN: true }), fc.constantFrom(good['iss'], good['aud'], good['exp']))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, odd), async (changed) => {
        const claims = { ...good, ...changed }
        const token = signed(key, { alg: 'HS256', typ: 'at+jwt', kid: key.kid }, claims)
        const { status, trace } = await lab.send('GET', '/me', { headers: bearer(token) })
        expect([200, 401]).toContain(status)
        if (trace.verdict !== 'allowed') return
        expect(claims['iss']).toBe(good['iss'])
        expect([claims['aud']].flat()).toContain(good['aud'])
        expect(typeof claims['sub']).toBe('string')
        expect(Number(claims['exp'])).toBeGreaterThan(lab.clock.nowMs() / 1000)
      }),
      { numRuns: 300 },
    )
  })

  test('the decoder says what is wrong and never throws', () => {
    const good = tokens.get('RS256') as string
    fc.assert(
      fc.property(fc.oneof(textual(good), oneBit(good), rewritten(good), shuffled()), (token) => {
        const decoded = decodeCompactJwt(token)
        if (!decoded.isWellFormed) expect(decoded.flaw).toMatch(/^[a-z0-9-]+$/)
        else expect(`${decoded.parts.join('.')}`).toBe(token)
      }),
      { numRuns: 1000 },
    )
  })
})
