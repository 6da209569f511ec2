import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, advance, bearer, forge, getToken, LIFETIMES, logIn, signedCookie, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const verdictOf = (answer: Answer) => [answer.status, answer.body['verdict'], answer.trace.verdict]
const me = (headers: Record<string, string> = {}) => lab.send('GET', '/me', { headers })
/** The one step that failed is the last before the answer and, for a session, nothing is written. */
const failedStep = ({ trace }: Answer) => trace.steps.filter((step) => step.outcome === 'fail').map((step) => step.kind)

describe('sessions', () => {
  test('no credential: 401 that says how to ask', async () => {
    const answer = await me()
    expect(verdictOf(answer)).toEqual([401, 'no-credential', 'no-credential'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="authlab"')
    expect(answer.trace.mechanism).toBe('none')
  })

  test('a cookie that this server did not sign is refused before the store is asked', async () => {
    const cookie = await logIn(lab)
    for (const bad of [`${cookie.slice(0, -3)}aaa`, 'sid=plain', 'sid=s%3A', 'sid=s%3Aabc', 'sid="s:abc.def"']) {
      const answer = await me({ cookie: bad })
      expect(verdictOf(answer)).toEqual([401, 'bad-cookie-signature', 'bad-cookie-signature'])
      expect(failedStep(answer)).toEqual(['cookie-signature'])
      expect(answer.trace.mechanism).toBe('session')
    }
  })

  test('a signed id that the store does not know is refused and not adopted', async () => {
    const answer = await me({ cookie: signedCookie(lab, 'planted-by-somebody-else-000000') })
    expect(verdictOf(answer)).toEqual([401, 'unknown-session', 'unknown-session'])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('a session ends when it is idle for its limit, and each use starts the limit again', async () => {
    const cookie = await logIn(lab)
    advance(lab, LIFETIMES.sessionIdle - 1)
    expect((await me({ cookie })).status).toBe(200)
    advance(lab, LIFETIMES.sessionIdle - 1)
    expect((await me({ cookie })).status).toBe(200)
    advance(lab, LIFETIMES.sessionIdle)
    const answer = await me({ cookie })
    expect(verdictOf(answer)).toEqual([401, 'session-expired', 'session-expired'])
    expect(failedStep(answer)).toEqual(['session-idle-timeout'])
  })

  test('a session ends at its absolute limit, however often it is used', async () => {
    const cookie = await logIn(lab)
    for (let used = 0; used + 1700 < LIFETIMES.sessionAbsolute; used += 1700) {
      expect((await me({ cookie })).status).toBe(200)
      advance(lab, 1700)
    }
    expect((await me({ cookie })).status).toBe(200)
    advance(lab, LIFETIMES.sessionAbsolute % 1700)
    const answer = await me({ cookie })
    expect(verdictOf(answer)).toEqual([401, 'session-expired', 'session-expired'])
    expect(failedStep(answer)).toEqual(['session-absolute-timeout'])
  })

  test('a session of an account that is disabled ends at its next use', async () => {
    const cookie = await logIn(lab, 'bob')
    lab.database.prepare("UPDATE accounts SET is_disabled = 1 WHERE name = 'bob'").run()
    const answer = await me({ cookie })
    expect(verdictOf(answer)).toEqual([401, 'account-disabled', 'account-disabled'])
    expect(answer.trace.endedSessions).toHaveLength(1)
    const login = await lab.send('POST', '/session', { json: { username: 'bob', password: 'bob-pass' } })
    expect(verdictOf(login)).toEqual([403, 'account-disabled', 'account-disabled'])
  })
})

describe('tokens', () => {
  test.each([
    ['wrong-issuer', 'token-issuer', { iss: 'https://evil.test' }, {}],
    ['wrong-audience', 'token-audience', { aud: 'https://other.test' }, {}],
    ['wrong-audience', 'token-audience', { aud: undefined }, {}],
    ['malformed-token', 'token-expiry', { exp: undefined }, {}],
    ['malformed-token', 'token-expiry', { exp: 'soon' }, {}],
    ['malformed-token', 'token-decode', { sub: undefined }, {}],
    ['malformed-token', 'token-decode', { jti: undefined }, {}],
    ['malformed-token', 'token-decode', { role: undefined }, {}],
    ['malformed-token', 'token-decode', { scope: undefined }, {}],
    ['malformed-token', 'token-decode', { iat: undefined }, {}],
    ['wrong-token-type', 'token-type', {}, { typ: 'JWT' }],
    ['unknown-key', 'token-key', {}, { kid: '../../etc/passwd' }],
    ['unknown-key', 'token-key', {}, { kid: "' OR 1=1 --" }],
    ['malformed-token', 'token-encoding', {}, { crit: ['b64'] }],
  ])('%s at step %s for claims %j and header %j', async (verdict, kind, claims, header) => {
    const answer = await me(bearer(forge(lab, claims, header)))
    expect(verdictOf(answer)).toEqual([401, verdict, verdict])
    expect(failedStep(answer)).toEqual([kind])
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="authlab", error="invalid_token", error_description="[^"]+"$/)
    expect(answer.trace).toMatchObject({ mechanism: 'jwt-bearer', account: null })
  })

  test('another key, no signature and another algorithm are each refused for what they are', async () => {
    const [header = '', payload = '', signature = ''] = forge(lab).split('.')
    const other = forge(lab, {}, {}, Buffer.alloc(32, 1))
    const algorithm = (alg: string) =>
      `${Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'key-1' })).toString('base64url')}.${payload}`
    const refused = async (token: string) => (await me(bearer(token))).body['verdict']
    expect(await refused(other)).toBe('bad-signature')
    expect(await refused(`${header}.${payload}.`)).toBe('bad-signature')
    for (const alg of ['none', 'None', 'NONE', 'HS512', 'RS256']) {
      expect(await refused(`${algorithm(alg)}.`)).toBe('unsupported-algorithm')
      expect(await refused(`${algorithm(alg)}.${signature}`)).toBe('unsupported-algorithm')
    }
    expect(await refused('one.two')).toBe('malformed-token')
    expect(await refused(`${header}.${payload}.${signature}=`)).toBe('malformed-token')
  })

  test('nbf is not before its second', async () => {
    const now = Math.floor(lab.clock.nowMs() / 1000)
    expect(verdictOf(await me(bearer(forge(lab, { nbf: now + 1 }))))).toEqual([401, 'token-not-yet-valid', 'token-not-yet-valid'])
    expect((await me(bearer(forge(lab, { nbf: now })))).status).toBe(200)
  })

  test('a token is good at exp-1 and refused at exp and exp+1 (RFC 7519 §4.1.4: "on or after")', async () => {
    const token = await getToken(lab)
    advance(lab, LIFETIMES.accessToken - 1)
    expect((await me(bearer(token))).status).toBe(200)
    for (let late = 0; late < 2; late++) {
      advance(lab, 1)
      const answer = await me(bearer(token))
      expect(verdictOf(answer)).toEqual([401, 'token-expired', 'token-expired'])
      const expiry = answer.trace.steps.find((step) => step.kind === 'token-expiry')
      expect(expiry?.evidence).toMatchObject({ claim: 'exp', now: expect.any(Number) })
    }
  })

  test('a token works without the store; a session does not, and then it is 503', async () => {
    const own = await startTarget()
    try {
      const [cookie, token] = [await logIn(own), await getToken(own)]
      own.database.close()
      expect((await own.send('GET', '/me', { headers: bearer(token) })).status).toBe(200)
      for (const answer of [
        await own.send('GET', '/me', { headers: { cookie } }),
        await own.send('POST', '/session', { json: { username: 'bob', password: 'bob-pass' } }),
      ]) {
        expect(verdictOf(answer)).toEqual([503, 'store-unavailable', 'store-unavailable'])
        expect(answer.headers.get('retry-after')).toBe('1')
      }
    } finally {
      await own.close()
    }
  })
})

describe('logins', () => {
  const login = (username: string, password: string) => lab.send('POST', '/session', { json: { username, password } })

  test('a wrong password and an unknown name get the same answer', async () => {
    const [wrong, unknown] = [await login('bob', 'wrong'), await login('nobody', 'wrong')]
    expect(verdictOf(wrong)).toEqual([401, 'bad-credentials', 'bad-credentials'])
    expect(wrong.text).toBe(unknown.text)
    expect(wrong.trace).toMatchObject({ mechanism: 'none', account: null })
  })

  test('after ten failures even the right password is 429 until the window is over, for this account only', async () => {
    for (let failed = 0; failed < 10; failed++) expect((await login('bob', 'wrong')).status).toBe(401)
    const answer = await login('bob', 'bob-pass')
    expect(verdictOf(answer)).toEqual([429, 'rate-limited', 'rate-limited'])
    expect(answer.headers.get('retry-after')).toBe('900')
    const token = await lab.send('POST', '/token', { json: { grant_type: 'password', username: 'bob', password: 'bob-pass' } })
    expect([token.status, token.body['verdict'], token.headers.get('retry-after')]).toEqual([429, 'rate-limited', '900'])
    expect((await login('alice', 'alice-pass')).status).toBe(200)
    advance(lab, 900)
    expect((await login('bob', 'bob-pass')).status).toBe(200)
  })

  test('guesses that are sent all at once do not pass the throttle together', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => login('bob', `guess-${index}`)))
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(10)
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(20)
  })

  test('no password and no raw session id is in the steps', async () => {
    const answer = await login('alice', 'alice-pass')
    const sid = /s%3A([^.]+)\./.exec(answer.headers.getSetCookie()[0] ?? '')?.[1] ?? 'none'
    const use = await me({ cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' })
    const token = await lab.send('POST', '/token', { json: { grant_type: 'password', username: 'bob', password: 'bob-pass' } })
    const told = JSON.stringify([answer.trace, use.trace, token.trace])
    for (const secret of ['alice-pass', 'bob-pass', sid, String(token.body['access_token']).split('.')[2] ?? 'none', 'argon2id$'])
      expect(told).not.toContain(secret)
  })
})

describe('whatever is sent', () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 300 })

  test('a malformed cookie is never accepted and never a 500', async () => {
    const good = await logIn(lab)
    const mutated = fc.tuple(fc.nat(good.length - 5), printable).map(([at, junk]) => `sid=${good.slice(4, 4 + at)}${junk}`)
    const cookies = fc.oneof(
      mutated,
      printable,
      printable.map((junk) => `sid=${junk}`),
      printable.map((junk) => `access_token=${junk}`),
    )
    await fc.assert(
      fc.asyncProperty(cookies, async (cookie) => {
        fc.pre(!cookie.includes(good))
        expect((await me({ cookie })).status).toBe(401)
      }),
      { numRuns: 300 },
    )
  })
})
