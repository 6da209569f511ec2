import { createHmac, createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ClusterChange } from '../../src/contract/cluster.ts'
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../../src/contract/token-algorithm.ts'
import { generateKey } from '../../src/server/new-key.ts'
import { createKeyring } from '../../src/server/target/tokens/keyring.ts'
import { hs256Key, type TokenKeySource } from '../../src/server/target-keys.ts'
import { grant, refresh } from '../target/refresh.ts'
import { type Answer, AUDIENCE, advance, bearer, ISSUER, startTarget, type Target } from '../target/support.ts'
import { type Json, part, signatureOf, signed } from '../target/tokens/signed.ts'

const keys = new Map<TokenAlgorithm, TokenKeySource>()
let lab: Target
beforeAll(async () => {
  for (const alg of TOKEN_ALGORITHMS) keys.set(alg, { ...(await generateKey(alg)), isSigning: alg === 'HS256' })
  lab = await startTarget({ keys: { cookieSecrets: ['one'], tokenKeys: [...keys.values()] } })
})
afterAll(() => lab.close())

const keyOf = (alg: TokenAlgorithm): TokenKeySource => keys.get(alg) as TokenKeySource
const now = (): number => Math.floor(lab.clock.nowMs() / 1000)
const claims = (changed: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ iss: ISSUER, aud: AUDIENCE, sub: 'alice', iat: now(), exp: now() + 900, jti: 'one', role: 'admin', scope: 'profile' },
  ...changed,
})
const header = (changed: Record<string, unknown> = {}, alg: TokenAlgorithm = 'HS256'): Record<string, unknown> => ({
  ...{ alg, typ: 'at+jwt', kid: keyOf(alg).kid },
  ...changed,
})
const token = (changedClaims: Record<string, unknown> = {}, changedHeader: Record<string, unknown> = {}): string =>
  signed(keyOf('HS256'), header(changedHeader), claims(changedClaims))
const send = (text: string): Promise<Answer> => lab.send('GET', '/me', { headers: bearer(text) })
/** The verdict and the step that came to it, after which nothing but the answer may come. */
const judge = async (text: string): Promise<[string, string | undefined]> => {
  const { status, trace } = await send(text)
  expect(status).toBe(trace.verdict === 'allowed' ? 200 : 401)
  const failed = trace.steps.findIndex(({ outcome }) => outcome === 'fail')
  if (failed !== -1) expect(trace.steps.slice(failed + 1).map(({ kind }) => kind)).toEqual(['answer'])
  return [trace.verdict, trace.steps[failed]?.kind]
}
const ALLOWED = ['allowed', undefined]

describe('1. RFC 8725 §3.3: "the entire JWT MUST be rejected if any of them fail to validate": no claim is used before the signature verified', () => {
  test('a forged token is told off for its signature, whatever its claims say, and none of them is in the story', async () => {
    const forged = signed(
      hs256Key('x', Buffer.alloc(32, 9)),
      header(),
      claims({ sub: 'somebody-invented', exp: 1, iss: 'evil', aud: 'evil' }),
    )
    const { trace } = await send(forged)
    expect(trace).toMatchObject({ verdict: 'bad-signature', account: null })
    expect(JSON.stringify(trace)).not.toContain('somebody-invented')
    expect(await judge(forged)).toEqual(['bad-signature', 'token-signature'])
  })

  test('a payload that cannot be read is not even looked at while the signature is wrong', async () => {
    expect(await judge(`${part(header())}.${part('{"sub":"a","sub":"b"}')}.${'A'.repeat(43)}`)).toEqual([
      'bad-signature',
      'token-signature',
    ])
  })
})

describe('2. RFC 8725 §3.1: "Libraries MUST enable the caller to specify a supported set of algorithms and MUST NOT use any other algorithms"', () => {
  test.for(['none', 'None', 'NONE', 'nOnE', 'HS1', 'RS512', 'EdDSA', 'hs256', '', undefined, null, 1, ['HS256']])(
    'alg %j is on no list',
    async (alg) => {
      // Without a key by that id, too: the list comes before any key.
      for (const kid of [keyOf('HS256').kid, 'no-such-key']) {
        const input = `${part({ ...header({ kid }), alg })}.${part(claims())}`
        for (const signature of ['', signatureOf(keyOf('HS256'), input).toString('base64url')])
          expect(await judge(`${input}.${signature}`)).toEqual(['unsupported-algorithm', 'token-algorithm'])
      }
    },
  )
})

describe('3. RFC 8725 §3.1: "each key MUST be used with exactly one algorithm, and this MUST be checked when the cryptographic operation is performed"', () => {
  test.for(TOKEN_ALGORITHMS)('a key of %s signs under no other name', async (alg) => {
    for (const other of TOKEN_ALGORITHMS.filter((name) => name !== alg)) {
      const forged = signed(keyOf(alg), header({ alg: other, kid: keyOf(alg).kid }), claims())
      expect(await judge(forged)).toEqual(['unsupported-algorithm', 'token-key'])
    }
  })

  test('RFC 8725 §2.1: "RS256" is not changed into "HS256" with the public key for the secret', async () => {
    const key: KeyObject = createPublicKey({ key: keyOf('RS256').jwk, format: 'jwk' })
    const input = `${part(header({ alg: 'HS256', kid: keyOf('RS256').kid }))}.${part(claims())}`
    for (const type of ['spki', 'pkcs1'] as const) {
      const mac = createHmac('sha256', key.export({ type, format: 'pem' }))
        .update(input)
        .digest('base64url')
      expect(await judge(`${input}.${mac}`)).toEqual(['unsupported-algorithm', 'token-key'])
    }
  })
})

describe('4. RFC 8725 §3.10: "blindly following a "jku" (JWK set URL) or "x5u" (X.509 URL) header, which may contain an arbitrary URL, could result in server-side request forgery (SSRF) attacks": keys come from configuration alone', () => {
  test('nobody fetches jku or x5u, and no key of a header verifies', async () => {
    let fetches = 0
    const own = await generateKey('RS256')
    const { kty, n, e } = own.jwk
    const jwk = { kty, n, e, kid: own.kid, alg: 'RS256', use: 'sig' }
    const server = createServer((_request, response) => {
      fetches++
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
    for (const told of [{ jku: url }, { x5u: url }, { jwk }, { x5c: ['AA=='] }, { jku: url, jwk }]) {
      expect(await judge(signed(own, { alg: 'RS256', typ: 'at+jwt', kid: own.kid, ...told }, claims()))).toEqual([
        'unknown-key',
        'token-key',
      ])
      expect(await judge(signed(own, header(told, 'RS256'), claims()))).toEqual(['bad-signature', 'token-signature'])
      expect(await judge(token({}, told))).toEqual(ALLOWED)
    }
    expect(fetches).toBe(0)
  })
})

describe('5. RFC 8725 §3.10: "Applications should ensure that this does not create SQL or LDAP injection vulnerabilities": kid is looked up, and nothing else', () => {
  test('no file is read, no statement runs, no host is asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kid-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'key')
    const content = 'a file whose content is known to Mallory'
    writeFileSync(file, content)
    const known = hs256Key('', Buffer.from(content))
    const blank = { alg: 'HS256' as const, jwk: { kty: 'oct', k: '' } }
    for (const kid of [file, `file://${file}`, '/dev/null', '../../../../../../dev/null', '', '.', '__proto__', 'constructor'])
      for (const key of [known, blank]) expect(await judge(signed(key, header({ kid }), claims()))).toEqual(['unknown-key', 'token-key'])
    expect(await judge(token({}, { kid: [keyOf('HS256').kid] }))).toEqual(['unknown-key', 'token-key'])
    const tables = lab.database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()
    for (const kid of ["x' UNION SELECT 'key'--", "'; DROP TABLE accounts;--", '" OR 1=1'])
      expect(await judge(signed(hs256Key('', Buffer.from('key')), header({ kid }), claims()))).toEqual(['unknown-key', 'token-key'])
    expect(lab.database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()).toEqual(tables)
    expect(await judge(token())).toEqual(ALLOWED)
  })
})

describe('6. RFC 7519 §4.1.4: exp is the time "on or after which the JWT MUST NOT be accepted"; §4.1.5: nbf "before which"', () => {
  test('exp is required, and the token ends with its second', async () => {
    for (const exp of [undefined, null, '9999999999', true])
      expect(await judge(token({ exp }))).toEqual(['malformed-token', 'token-expiry'])
    const good = token({ exp: now() + 10 })
    advance(lab, 9)
    expect(await judge(good)).toEqual(ALLOWED)
    for (let late = 0; late < 2; late++) {
      advance(lab, 1)
      expect(await judge(good)).toEqual(['token-expired', 'token-expiry'])
    }
  })

  test('nbf is kept', async () => {
    const early = token({ nbf: now() + 2 })
    for (let step = 0; step < 2; step++) {
      expect(await judge(early)).toEqual(['token-not-yet-valid', 'token-not-before'])
      advance(lab, 1)
    }
    expect(await judge(early)).toEqual(ALLOWED)
  })

  test('the leeway is 0 by itself, and "usually no more than a few minutes": nobody can set more than five', () => {
    expect(ClusterChange.safeParse({ leewaySeconds: 300 }).success).toBe(true)
    for (const leewaySeconds of [301, 3600, -1, 1.5]) expect(ClusterChange.safeParse({ leewaySeconds }).success).toBe(false)
  })
})

describe('7. RFC 8725 §3.9: "if the audience value is not present or not associated with the recipient, it MUST reject the JWT"', () => {
  test.for([undefined, 'https://other.test', '', ['https://other.test'], [], `${AUDIENCE}/`, { [AUDIENCE]: 1 }, [[AUDIENCE]]])(
    'aud %j',
    async (aud) => {
      expect(await judge(token({ aud }))).toEqual(['wrong-audience', 'token-audience'])
    },
  )
  test('one of several is enough', async () => {
    expect(await judge(token({ aud: ['https://other.test', AUDIENCE] }))).toEqual(ALLOWED)
  })
})

describe('8. RFC 8725 §3.8: "the application MUST validate that the cryptographic keys used for the cryptographic operations in the JWT belong to the issuer"', () => {
  test.for([undefined, 'https://evil.test', `${ISSUER}/`, ISSUER.toUpperCase(), [ISSUER], null])(
    'iss %j, signed by a key of ours',
    async (iss) => {
      expect(await judge(token({ iss }))).toEqual(['wrong-issuer', 'token-issuer'])
    },
  )
})

describe('9. RFC 9068 §4: "The resource server MUST verify that the "typ" header value is "at+jwt" or "application/at+jwt" and reject tokens carrying any other value"', () => {
  test.for(['JWT', 'jwt', 'logout+jwt', 'rt+jwt', 'at', 'at+jwt ', '', undefined, null, ['at+jwt']])('typ %j', async (typ) => {
    expect(await judge(token({}, { typ }))).toEqual(['wrong-token-type', 'token-type'])
  })

  test('an access token is no refresh token, and a refresh token no access token', async () => {
    const { access_token, refresh_token } = await grant(lab)
    expect(await judge(refresh_token)).toEqual(['malformed-token', 'token-decode'])
    expect((await refresh(lab, access_token)).status).toBe(400)
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) expect(await judge(token({}, { typ }))).toEqual(ALLOWED)
  })
})

describe('10. RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the JWS is invalid"', () => {
  test.for([['exp'], ['b64'], ['https://ext.test'], [], 'b64', null])('crit %j', async (crit) => {
    expect(await judge(token({}, { crit, b64: true, 'https://ext.test': 1 }))).toEqual(['malformed-token', 'token-encoding'])
  })
})

describe('11. RFC 7519 §7.2, RFC 7515 §2: the compact form alone, in base64url that is written in one way alone', () => {
  test('other numbers of parts, and the JSON serialization', async () => {
    const good = token()
    const [head, payload, signature] = good.split('.')
    for (const bad of [
      head,
      `${head}.${payload}`,
      `${good}.`,
      `${good}.AA`,
      `.${good}`,
      `${head}..${signature}`,
      `.${payload}.${signature}`,
    ])
      expect(await judge(String(bad))).toEqual(['malformed-token', 'token-decode'])
    expect(await judge(JSON.stringify({ protected: head, payload, signature }))).toEqual(['malformed-token', 'token-decode'])
  })

  test('every other text that a lenient decoder takes for the same octets', async () => {
    const [head = '', payload = '', signature = ''] = token().split('.')
    const octets = Buffer.from(signature, 'base64url')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...alphabet]
      .map((letter) => signature.slice(0, -1) + letter)
      .filter((text) => Buffer.from(text, 'base64url').equals(octets))
    expect(others).toHaveLength(4)
    for (const text of [
      ...others.filter((other) => other !== signature),
      `${signature}=`,
      `${signature}==`,
      `${signature} x`,
      `${signature}!`,
    ])
      expect(await judge(`${head}.${payload}.${text}`)).toEqual(['malformed-token', 'token-encoding'])
    for (const bad of [`${head}=.${payload}.${signature}`, `${head}.${payload}=.${signature}`])
      expect(await judge(bad)).toEqual(['malformed-token', 'token-encoding'])
  })
})

describe('12. RFC 7518 §3.2: "A key of the same size as the hash output (for instance, 256 bits for "HS256") or larger MUST be used with this algorithm"', () => {
  test.for([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('%s: %i octets', ([alg, octets]) => {
    const source = (length: number): TokenKeySource => ({
      kid: 'k',
      alg,
      isSigning: true,
      jwk: { kty: 'oct', k: Buffer.alloc(length, 1).toString('base64url') },
    })
    expect(createKeyring([source(octets)]).signing?.kid).toBe('k')
    for (const length of [octets - 1, 1, 0]) expect(() => createKeyring([source(length)])).toThrow('RFC 7518 §3.2')
  })
})

describe('13. RFC 7519 §4: "The Claim Names within a JWT Claims Set MUST be unique"; RFC 7515 §4: so must header parameter names', () => {
  const twice = (json: Record<string, unknown>, first: string): Json => JSON.stringify(json).replace('{', `{${first},`)
  test.for(['"sub":"mallory"', '"s\\u0075b":"mallory"', '"exp":1', '"act":{"sub":1,"sub":2}'])(
    'claims that begin with %s',
    async (first) => {
      expect(await judge(signed(keyOf('HS256'), header(), twice(claims(), first)))).toEqual(['malformed-token', 'token-signature'])
    },
  )
  test.for(['"alg":"none"', '"kid":"other"', '"\\u0061lg":"none"'])('a header that begins with %s', async (first) => {
    expect(await judge(signed(keyOf('HS256'), twice(header(), first), claims()))).toEqual(['malformed-token', 'token-encoding'])
  })
})
