import { constants, createHmac, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import { generateKey } from '../../../src/server/new-key.ts'
import { createKeyring } from '../../../src/server/target/tokens/keyring.ts'
import { hs256Key, type SecretJwk, type TokenKeySource } from '../../../src/server/target-keys.ts'
import { bearer, getToken, startTarget, type Target } from '../support.ts'

const keys = new Map<TokenAlgorithm, TokenKeySource>()
let lab: Target
beforeAll(async () => {
  for (const alg of TOKEN_ALGORITHMS) keys.set(alg, { ...(await generateKey(alg)), isSigning: false })
  lab = await startTarget()
})
afterAll(() => lab.close())

const keyOf = (alg: TokenAlgorithm): TokenKeySource => keys.get(alg) as TokenKeySource
/** Every key verifies, this one signs. */
const signBy = (alg: TokenAlgorithm): void =>
  lab.target.setKeys({ cookieSecrets: ['one'], tokenKeys: [...keys.values()].map((key) => ({ ...key, isSigning: key.alg === alg })) })
const verdictOf = async (token: string): Promise<string> => (await lab.send('GET', '/me', { headers: bearer(token) })).trace.verdict
const partsOf = (token: string) => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header, payload, signature, input: `${header}.${payload}`, octets: Buffer.from(signature, 'base64url') }
}
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const publicKeyOf = (alg: TokenAlgorithm): KeyObject => createPublicKey({ key: keyOf(alg).jwk, format: 'jwk' })

/** RFC 7518 §3.2 to §3.5, straight on node:crypto; nothing of the target's own code. */
const isGenuine: Readonly<Record<TokenAlgorithm, (input: string, signature: Buffer) => boolean>> = {
  HS256: (input, signature) => signature.equals(hmacOf('HS256', 'sha256', input)),
  HS384: (input, signature) => signature.equals(hmacOf('HS384', 'sha384', input)),
  HS512: (input, signature) => signature.equals(hmacOf('HS512', 'sha512', input)),
  RS256: (input, signature) => verify('sha256', Buffer.from(input), publicKeyOf('RS256'), signature),
  PS256: (input, signature) => verify('sha256', Buffer.from(input), { key: publicKeyOf('PS256'), ...PSS }, signature),
  ES256: (input, signature) => verify('sha256', Buffer.from(input), { key: publicKeyOf('ES256'), dsaEncoding: 'ieee-p1363' }, signature),
}
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
const hmacOf = (alg: TokenAlgorithm, hash: string, input: string): Buffer =>
  createHmac(hash, createSecretKey(keyOf(alg).jwk['k'] ?? '', 'base64url'))
    .update(input)
    .digest()

describe.each(TOKEN_ALGORITHMS)('%s', (alg) => {
  test('tokens that are issued are accepted, and an independent implementation verifies them', async () => {
    signBy(alg)
    const token = await getToken(lab)
    const { header, input, octets } = partsOf(token)
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg, typ: 'at+jwt', kid: keyOf(alg).kid })
    expect(isGenuine[alg](input, octets)).toBe(true)
    expect(isGenuine[alg](`${input}x`, octets)).toBe(false)
    expect(await verdictOf(token)).toBe('allowed')
  })

  test('a changed octet of payload or signature, a cut or a longer signature are refused', async () => {
    signBy(alg)
    const { header, payload, signature, octets } = partsOf(await getToken(lab))
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const flipped = Buffer.from(octets)
    flipped[0] = (flipped[0] ?? 0) ^ 1
    for (const bad of [
      `${header}.${encode({ ...claims, role: 'root' })}.${signature}`,
      `${header}.${payload}.${flipped.toString('base64url')}`,
      `${header}.${payload}.${octets.subarray(0, -1).toString('base64url')}`,
      `${header}.${payload}.${Buffer.concat([octets, Buffer.of(0)]).toString('base64url')}`,
      `${header}.${payload}.`,
    ])
      expect(await verdictOf(bad)).toBe('bad-signature')
  })

  test('its key is for it alone: under every other algorithm the token is refused, whatever signed it', async () => {
    signBy(alg)
    const { payload } = partsOf(await getToken(lab))
    for (const other of TOKEN_ALGORITHMS.filter((name) => name !== alg)) {
      const input = `${encode({ alg: other, typ: 'at+jwt', kid: keyOf(alg).kid })}.${payload}`
      const mac = createHmac('sha256', 'anything').update(input).digest('base64url')
      expect(await verdictOf(`${input}.${mac}`)).toBe('unsupported-algorithm')
    }
  })
})

describe('what an attacker tries', () => {
  /**
   * RFC 8725 §2.1: "An "RS256" (RSA, 2048 bit) parameter value can be changed into "HS256" (HMAC, SHA-256), and some libraries would try to
   * validate the signature using HMAC-SHA256 and using the RSA public key as the HMAC shared secret".
   */
  test.each(['RS256', 'PS256', 'ES256'] as const)('a public key of %s is never the secret of an HMAC', async (alg) => {
    signBy(alg)
    const { payload } = partsOf(await getToken(lab))
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: keyOf(alg).kid })}.${payload}`
    const key = publicKeyOf(alg)
    const secrets = [
      key.export({ type: 'spki', format: 'pem' }),
      String(key.export({ type: 'spki', format: 'pem' })).trim(),
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(key.export({ format: 'jwk' })),
    ]
    for (const secret of secrets) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      expect(await verdictOf(`${input}.${mac}`)).toBe('unsupported-algorithm')
    }
  })

  /** RFC 8725 §3.1: "each key MUST be used with exactly one algorithm, and this MUST be checked when the cryptographic operation is performed." */
  test('a key of PS256 does not verify what it signed by RS256', async () => {
    signBy('PS256')
    const { payload } = partsOf(await getToken(lab))
    const forged = (alg: string): string => {
      const input = `${encode({ alg, typ: 'at+jwt', kid: keyOf('PS256').kid })}.${payload}`
      const pem = createKeyring([{ ...keyOf('PS256'), isSigning: true }]).signing?.key as KeyObject
      return `${input}.${sign('sha256', Buffer.from(input), pem).toString('base64url')}`
    }
    expect(await verdictOf(forged('RS256'))).toBe('unsupported-algorithm')
    expect(await verdictOf(forged('PS256'))).toBe('bad-signature')
  })

  /** RFC 7518 §3.5: "the size of the salt value is the same size as the hash function output." */
  test('PS256 with a salt of another size is refused', async () => {
    signBy('PS256')
    const { input } = partsOf(await getToken(lab))
    const key = createKeyring([{ ...keyOf('PS256'), isSigning: true }]).signing?.key as KeyObject
    const signed = (saltLength: number): string =>
      `${input}.${sign('sha256', Buffer.from(input), { key, ...PSS, saltLength }).toString('base64url')}`
    expect(await verdictOf(signed(32))).toBe('allowed')
    for (const saltLength of [0, 20, 64]) expect(await verdictOf(signed(saltLength))).toBe('bad-signature')
  })

  /** RFC 7518 §3.4: "The JWS Signature value MUST be a 64-octet sequence. If it is not a 64-octet sequence, the validation has failed." */
  test('ES256 in DER instead of R and S is refused', async () => {
    signBy('ES256')
    const { input } = partsOf(await getToken(lab))
    const key = createKeyring([{ ...keyOf('ES256'), isSigning: true }]).signing?.key as KeyObject
    const der = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'der' })
    expect(await verdictOf(`${input}.${der.toString('base64url')}`)).toBe('bad-signature')
    expect(await verdictOf(`${input}.${Buffer.alloc(64).toString('base64url')}`)).toBe('bad-signature')
  })

  test('ES256 is judged as node:crypto judges R and S side by side, whatever their leading octets', () => {
    const key = createKeyring([{ ...keyOf('ES256'), isSigning: true }])
    const check = key.find(keyOf('ES256').kid)?.isGenuine
    const sides = { key: key.signing?.key as KeyObject, dsaEncoding: 'ieee-p1363' } as const
    let short = 0
    // One R or S in 256 begins with a zero octet.
    for (let count = 0; short < 2; count++) {
      const signature = sign('sha256', Buffer.from(`${count}`), sides)
      if (signature[0] === 0 || signature[32] === 0) short++
      expect(check?.(`${count}`, signature)).toBe(true)
      expect(check?.(`${count + 1}`, signature)).toBe(false)
    }
    for (const octet of [0, 0x7f, 0x80, 0xff]) expect(check?.('0', Buffer.alloc(64, octet))).toBe(false)
  })

  /** RFC 7515 §4.1.4: the kid is a hint indicating which key was used; here no token is accepted without one. */
  test('a token without kid, or with one that is no text, is unknown-key', async () => {
    signBy('HS256')
    const { payload } = partsOf(await getToken(lab))
    for (const kid of [undefined, null, 1, ['a'], '', '__proto__', 'constructor']) {
      const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`
      expect(await verdictOf(`${input}.${hmacOf('HS256', 'sha256', input).toString('base64url')}`)).toBe('unknown-key')
    }
  })
})

describe('keys that do not fit are not taken', () => {
  const source = (alg: TokenAlgorithm, jwk: SecretJwk): TokenKeySource => ({ kid: 'k', alg, isSigning: true, jwk })
  const privateJwk = (key: KeyObject): SecretJwk => key.export({ format: 'jwk' }) as SecretJwk
  const octets = (length: number): SecretJwk => ({ kty: 'oct', k: Buffer.alloc(length, 5).toString('base64url') })

  /** RFC 7518 §3.2: "A key of the same size as the hash output (for instance, 256 bits for "HS256") or larger MUST be used with this algorithm." */
  test.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('%s takes %i octets and not one less', (alg, length) => {
    expect(createKeyring([source(alg, octets(length))]).signing?.alg).toBe(alg)
    expect(() => createKeyring([source(alg, octets(length - 1))])).toThrow('RFC 7518 §3.2')
  })

  /** RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used with these algorithms." */
  test('RSA of 1024 bits', () => {
    const jwk = privateJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)
    for (const alg of ['RS256', 'PS256'] as const) expect(() => createKeyring([source(alg, jwk)])).toThrow('2048 bits')
  })

  /** RFC 7518 §3.4: ES256 is "ECDSA using P-256 and SHA-256". */
  test('a key on another curve, or of another kind', () => {
    const p384 = privateJwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey)
    expect(() => createKeyring([source('ES256', p384)])).toThrow('P-256')
    expect(() => createKeyring([source('ES256', keyOf('RS256').jwk)])).toThrow('P-256')
    expect(() => createKeyring([source('RS256', keyOf('ES256').jwk)])).toThrow('RSA key')
  })

  test('and the app goes on by those it has', async () => {
    signBy('HS256')
    const token = await getToken(lab)
    const bad = [hs256Key('short', Buffer.alloc(31))]
    expect(() => lab.target.setKeys({ cookieSecrets: ['other'], tokenKeys: bad })).toThrow(RangeError)
    expect(await verdictOf(token)).toBe('allowed')
  })
})
