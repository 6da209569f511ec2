import { expect, test } from 'vitest'
import { TOKEN_FINDING_CODES, type TokenFindingCode } from '../../src/contract/token-inspection.ts'
import { readToken } from '../../src/protocol/read-token.ts'
import { COOKIE_FINDING_CODES, cookieFindings } from '../../src/protocol/session-cookie-findings.ts'
import { type TokenSituation, tokenFindings } from '../../src/protocol/token-findings.ts'

const NOW_MS = 1_700_000_000_000
const NOW = NOW_MS / 1000
const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'es256-1' }
const PAYLOAD = { iss: 'http://app.localhost', aud: 'target', sub: 'bob', iat: NOW - 60, exp: NOW + 840, jti: 'b7e41f9c', role: 'user' }
const SITUATION: TokenSituation = { nowMs: NOW_MS, signature: 'valid', cookieName: null, isRevocable: false, isAccountRead: false }

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (header: object = {}, payload: object = {}): string =>
  `${part({ ...HEADER, ...header })}.${part({ ...PAYLOAD, ...payload })}.c2ln`
const look = (text: string, situation: Partial<TokenSituation> = {}) => tokenFindings(text, readToken(text), { ...SITUATION, ...situation })
const codes = (text: string, situation: Partial<TokenSituation> = {}): string[] => look(text, situation).findings.map(({ code }) => code)

const SOUND_BUT_BEARER = ['stolen-copy-works', 'outlives-logout', 'stale-authority', 'readable-claims']

test('a token by the book is found to be a bearer token, and no more: what it can be seen by, outlives and freezes', () => {
  expect(codes(token())).toEqual(SOUND_BUT_BEARER)
  expect(look(token()).passed.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      'alg-none',
      'symmetric-key',
      'kid-with-syntax',
      'key-in-header',
      'no-exp',
      'long-life',
      'no-aud',
      'no-typ',
      'no-jti',
    ]),
  )
})

test.each<[TokenFindingCode, string, Partial<TokenSituation>?]>([
  ['alg-none', token({ alg: 'nOnE' }), { signature: 'unsupported-algorithm' }],
  ['algorithm-unknown', token({ alg: 'EdDSA' }), { signature: 'unsupported-algorithm' }],
  ['symmetric-key', token({ alg: 'HS384' })],
  ['hmac-key-unknown', token({ alg: 'HS256' }), { signature: 'unknown-key' }],
  ['key-in-header', token({ jku: 'https://evil.example/jwks.json' })],
  ['key-in-header', token({ jwk: { kty: 'oct' } })],
  ['kid-with-syntax', token({ kid: '../../dev/null' })],
  ['kid-with-syntax', token({ kid: "x' UNION SELECT 'key'--" })],
  ['kid-with-syntax', token({ kid: 7 })],
  ['unknown-crit', token({ crit: ['b64'] })],
  ['no-exp', token({}, { exp: undefined })],
  ['no-exp', token({}, { exp: 'tomorrow' })],
  ['long-life', token({}, { exp: NOW + 86_400 })],
  ['not-yet-valid', token({}, { nbf: NOW + 1 })],
  ['no-aud', token({}, { aud: undefined })],
  ['no-iss', token({}, { iss: undefined })],
  ['no-typ', token({ typ: undefined })],
  ['no-typ', token({ typ: 'JWT' })],
  ['no-jti', token({}, { jti: undefined })],
  ['personal-data', token({}, { email: 'bob@example.org' })],
  ['too-large-for-cookie', token({}, { groups: 'x'.repeat(4000) }), { cookieName: 'access_token' }],
  ['not-canonical', `${token()}=`],
  ['malformed', token().split('.').slice(0, 2).join('.')],
])('%s is found, and stands among the passed checks of the sound token or does not arise there', (code, text, situation) => {
  const { findings } = look(text, situation)
  expect(findings.map((finding) => finding.code)).toContain(code)
  expect(codes(token())).not.toContain(code)
  const finding = findings.find((each) => each.code === code)
  expect(finding?.clause).toMatch(/^(RFC \d+(bis)? §|OWASP ASVS 5 V)\d+(\.\d+)*$/)
  expect(Object.keys(finding?.evidence ?? {})).not.toEqual([])
})

test('one octet decides whether a token fits a cookie: "more than 4096 octets" (RFC 6265bis §5.6)', () => {
  const fill = (octets: number): string => {
    const [header, , signature] = token().split('.')
    const text = `${header}..${signature}`
    return `${header}.${'A'.repeat(octets - text.length - 'access_token'.length)}.${signature}`
  }
  expect(codes(fill(4096), { cookieName: 'access_token' })).not.toContain('too-large-for-cookie')
  expect(codes(fill(4097), { cookieName: 'access_token' })).toContain('too-large-for-cookie')
  expect(codes(fill(4097))).not.toContain('too-large-for-cookie')
})

test('one hour is short, a second more is not: "one hour or less" (RFC 6750 §5.3)', () => {
  expect(codes(token({}, { iat: NOW, exp: NOW + 3600 }))).not.toContain('long-life')
  expect(codes(token({}, { iat: NOW, exp: NOW + 3601 }))).toContain('long-life')
})

test('who looks tokens up can end one, who reads the account sees its role, and `cnf` binds a copy to its key', () => {
  expect(codes(token(), { isRevocable: true, isAccountRead: true })).toEqual(['stolen-copy-works', 'readable-claims'])
  expect(codes(token({}, { cnf: { jkt: 'x' } }))).not.toContain('stolen-copy-works')
})

test.each([
  ['expired', token({}, { exp: NOW }), {}],
  ['signed by nobody here', token(), { signature: 'unknown-key' as const }],
  ['refused by a strict reader', `${token()}=`, {}],
])('a token that is %s lets nobody in: what it could do is not found', (_, text, situation) => {
  expect(codes(text, situation)).not.toEqual(expect.arrayContaining(['stolen-copy-works']))
  expect(codes(text, situation)).not.toContain('outlives-logout')
})

test.each([
  ['valid', true],
  ['retired-key', true],
  ['unknown-key', false],
] as const)('a secret of this lab is long enough, whose signature is %s; one that nobody here knows may be weak', (signature, isOurs) => {
  const { findings, passed } = look(token({ alg: 'HS256' }), { signature })
  expect((isOurs ? passed : findings).map(({ code }) => code)).toContain('hmac-key-unknown')
})

test('a signature that does not fit a known key says nothing about that key', () => {
  const { findings, passed } = look(token({ alg: 'HS256' }), { signature: 'invalid' })
  expect([...findings, ...passed].map(({ code }) => code)).not.toContain('hmac-key-unknown')
})

test('of a JWE only the header is spoken of', () => {
  const jwe = `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.BBBB.CCCC.DDDD`
  expect(readToken(jwe)).toMatchObject({ form: 'jwe', header: { enc: 'A256GCM' }, payload: null })
  expect(codes(jwe, { signature: 'encrypted' })).toEqual([])
})

test('the gravest come first, and every code is either found, passed or does not arise', () => {
  const severities = look(token({ alg: 'HS256' })).findings.map(({ severity }) => severity)
  expect(severities).toEqual([...severities].sort().reverse())
  const asked = look(token())
    .findings.concat()
    .map(({ code }) => code as string)
  const other = look(token()).passed.map(({ code }) => code as string)
  const never = TOKEN_FINDING_CODES.filter((code) => !asked.includes(code) && !other.includes(code))
  // Those that a sound bearer token is not even asked about.
  expect(never.sort()).toEqual(['hmac-key-unknown', 'not-yet-valid', 'too-large-for-cookie'])
})

const TRAITS = { isHttpOnly: true, isSecure: true, sameSite: 'Lax', domain: null } as const

test('a session cookie with every attribute is still a bearer of its id, and needs its store', () => {
  const { findings, passed } = cookieFindings({ name: '__Host-sid', sessionId: 'a'.repeat(32), traits: TRAITS })
  expect(findings.map(({ code }) => code)).toEqual(['stolen-cookie-works', 'needs-store'])
  expect([...findings, ...passed].map(({ code }) => code).sort()).toEqual([...COOKIE_FINDING_CODES].sort())
})

test.each([
  ['not-http-only', { isHttpOnly: false }],
  ['not-secure', { isSecure: false }],
  ['no-same-site', { sameSite: null }],
  ['no-same-site', { sameSite: 'None' }],
  ['domain-set', { domain: 'localhost' }],
] as const)('%s is found by its attribute', (code, change) => {
  const { findings } = cookieFindings({ name: '__Host-sid', sessionId: 'a'.repeat(32), traits: { ...TRAITS, ...change } })
  expect(findings.map((finding) => finding.code)).toContain(code)
})

test('attributes that nobody knows are neither found nor passed, and a token cookie has no id', () => {
  const { findings, passed } = cookieFindings({ name: 'sid', sessionId: 'a'.repeat(21), traits: null })
  expect(findings.map(({ code }) => code)).toEqual(['stolen-cookie-works', 'short-id', 'needs-store'])
  expect(passed).toEqual([])
  const token = cookieFindings({ name: 'access_token', sessionId: null, traits: TRAITS })
  expect(token.findings.map(({ code }) => code)).toEqual(['no-prefix'])
})
