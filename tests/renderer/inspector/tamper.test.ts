import { describe, expect, test } from 'vitest'
import { TOKEN_FINDING_CODES } from '../../../src/contract/token-inspection.ts'
import { readToken } from '../../../src/protocol/read-token.ts'
import { attemptOf } from '../../../src/renderer/panels/inspector/credential/side/attempts.ts'
import {
  changedLines,
  claimsIn,
  draftOf,
  flipMiddle,
  flipPart,
  flipSessionId,
  formatClaims,
  withOldSignature,
  withoutSignature,
} from '../../../src/renderer/panels/inspector/credential/side/tamper.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: 'k1' }
const PAYLOAD = { sub: 'bob', role: 'user', exp: 1_700_000_900, note: 'naïve, “quoted”: {1}' }
const TOKEN = `${part(HEADER)}.${part(PAYLOAD)}.c2lnbmF0dXJl`
const { parts } = readToken(TOKEN)
const DRAFT = draftOf(HEADER, PAYLOAD) ?? { header: '', payload: '' }

test('a claim is a line to edit, and the text is the JSON that it came from', () => {
  expect(DRAFT.payload.split('\n')).toHaveLength(4)
  expect(DRAFT.payload).toMatch(/^\{ "sub": "bob",\n {2}"role": "user",\n/)
  expect(claimsIn(DRAFT.payload)).toEqual(PAYLOAD)
  expect(claimsIn(formatClaims({}))).toEqual({})
})

test('with nothing changed the token is the same, letter for letter', () => {
  expect(withOldSignature(DRAFT, DRAFT, parts)).toBe(TOKEN)
})

test('a changed claim keeps the signature and the header as they were', () => {
  const changed = withOldSignature({ ...DRAFT, payload: DRAFT.payload.replace('"user"', '"admin"') }, DRAFT, parts)
  expect(changed.split('.')[0]).toBe(parts[0])
  expect(changed.split('.')[2]).toBe(parts[2])
  expect(readToken(changed)).toMatchObject({ flaw: null, payload: { ...PAYLOAD, role: 'admin' } })
})

test('text that is no JSON is sent as it stands', () => {
  const broken = withOldSignature({ ...DRAFT, payload: '{ "sub": ' }, DRAFT, parts)
  expect(Buffer.from(broken.split('.')[1] ?? '', 'base64url').toString()).toBe('{ "sub": ')
})

test('without a signature it is an unsecured JWT: alg none, an empty third part (RFC 7519 §6)', () => {
  const unsigned = withoutSignature(DRAFT, DRAFT, parts)
  expect(readToken(unsigned)).toMatchObject({
    flaw: null,
    header: { ...HEADER, alg: 'none' },
    payload: PAYLOAD,
    parts: [expect.anything(), parts[1], ''],
  })
})

describe('one flipped letter', () => {
  test.each(['A', 'B', 'AAA', '_-9', 'abcd'])('of %j is another letter of base64url, once', (text) => {
    const flipped = flipMiddle(text)
    expect(flipped).toHaveLength(text.length)
    expect([...flipped].filter((letter, index) => letter !== text[index])).toHaveLength(1)
    expect(flipped).toMatch(/^[\w-]+$/)
  })

  test.each([0, 1, 2])('of part %i leaves the other parts alone', (place) => {
    const flipped = flipPart(TOKEN, place).split('.')
    expect(flipped.flatMap((letters, index) => (letters === parts[index] ? [] : [index]))).toEqual([place])
  })

  test('of a session cookie is in its id: prefix and signature stay', () => {
    expect(flipSessionId('s%3Aabcde.f%2Bg')).toBe('s%3AabAde.f%2Bg')
    expect(flipSessionId('s:abcde.fg')).toBe('s:abAde.fg')
  })

  test('of nothing is nothing', () => {
    expect(flipMiddle('')).toBe('')
  })
})

test('a changed value is marked on its line with what stood there, a new claim without', () => {
  const current = DRAFT.payload.replace('"user"', '"admin"').replace('"exp"', '"nbf": 1,\n  "exp"')
  expect(changedLines(DRAFT.payload, current)).toEqual([
    { line: 2, before: '"user"' },
    { line: 3, before: null },
  ])
  expect(changedLines(DRAFT.payload, DRAFT.payload)).toEqual([])
})

test('a line that is moved, or set apart otherwise, is not a changed one', () => {
  expect(changedLines('{ "a": 1,\n  "b": {"c":2} }', '{\n  "b": {"c":2},\n  "a": 1\n}')).toEqual([])
})

test('every code is tried out with a request, or read off the token, or is about a key that nobody here has', () => {
  const subject = { header: HEADER, payload: PAYLOAD, nowSeconds: 1_700_000_000 }
  const untried = TOKEN_FINDING_CODES.filter((code) => attemptOf(code, subject) === null)
  expect(untried.sort()).toEqual(['hmac-key-unknown', 'long-life', 'personal-data', 'readable-claims', 'too-large-for-cookie'])
})

test('what is tried changes the one thing that it is about', () => {
  const subject = { header: HEADER, payload: PAYLOAD, nowSeconds: 1_700_000_000 }
  expect(attemptOf('no-exp', subject)).toMatchObject({ sign: 'leaked', header: HEADER, payload: { sub: 'bob', role: 'user' } })
  expect(attemptOf('no-exp', subject)).not.toHaveProperty('payload.exp')
  expect(attemptOf('alg-none', subject)).toMatchObject({ sign: 'none', header: HEADER, payload: PAYLOAD })
  expect(attemptOf('not-yet-valid', subject)).toMatchObject({ payload: { ...PAYLOAD, nbf: 1_700_000_600 } })
})
