import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CookieJar } from '../../src/server/clients/cookie-jar.ts'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { type Answer, cookieOf, startTarget, type Target } from '../target/support.ts'

const ORIGIN = 'http://app.localhost:4700'
const newJar = (): CookieJar => new CookieJar(new LabClock(createClockBuffer()), ORIGIN)
const logIn = (target: Target): Promise<Answer> =>
  target.send('POST', '/token', { json: { grant_type: 'password', username: 'alice', password: 'alice-pass', transport: 'cookie' } })
const lines = (answer: Answer): string[] => answer.headers.getSetCookie()

describe('§4.1.3 cookie name prefixes', () => {
  let target: Target
  beforeAll(async () => {
    target = await startTarget({ cookiePrefix: true })
  })
  afterAll(() => target.close())

  test('"__Host-": set with Secure, without Domain, with Path=/; the refresh token is limited to a path and can only be "__Secure-"', async () => {
    const [access = '', refresh = ''] = lines(await logIn(target))
    expect(access).toMatch(/^__Host-access_token=\S+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(refresh).toMatch(/^__Secure-refresh_token=\S+; Max-Age=\d+; Path=\/token; HttpOnly; Secure; SameSite=Strict$/)
    expect(`${access}${refresh}`).not.toMatch(/domain/i)
  })

  test('with it the names without a prefix are worth nothing: who can set such a cookie from elsewhere gains nothing', async () => {
    const answer = await logIn(target)
    const token = cookieOf(answer, '__Host-access_token').split('=')[1] ?? ''
    const me = async (cookie: string) => (await target.send('GET', '/me', { headers: { cookie } })).trace.verdict
    expect(await me(`__Host-access_token=${token}`)).toBe('allowed')
    expect(await me(`access_token=${token}`)).toBe('no-credential')
    const refresh = cookieOf(answer, '__Secure-refresh_token').split('=')[1] ?? ''
    const json = { grant_type: 'refresh_token', transport: 'cookie' }
    expect((await target.send('POST', '/token', { json, headers: { cookie: `refresh_token=${refresh}` } })).status).toBe(400)
    const rotated = await target.send('POST', '/token', { json, headers: { cookie: `__Secure-refresh_token=${refresh}` } })
    expect(lines(rotated).map((line) => line.split('=')[0])).toEqual(['__Host-access_token', '__Secure-refresh_token'])
  })

  test('logout clears both under their names and attributes: a user agent ignores a prefixed cookie without Secure', async () => {
    const answer = await logIn(target)
    const refresh = cookieOf(answer, '__Secure-refresh_token')
    const out = await target.send('POST', '/token/revoke', { json: { transport: 'cookie' }, headers: { cookie: refresh } })
    expect(lines(out)).toEqual([
      expect.stringMatching(/^__Host-access_token=; Path=\/; Expires=Thu, 01 Jan 1970.*; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Secure-refresh_token=; Path=\/token; Expires=Thu, 01 Jan 1970.*; HttpOnly; Secure; SameSite=Strict$/),
    ])
  })

  test('the jar of a client takes them over http from a loopback name, sends them back, and lets them be cleared', async () => {
    const jar = newJar()
    await jar.store(lines(await logIn(target)), `${ORIGIN}/token`)
    expect(await jar.list()).toMatchObject([
      { name: '__Secure-refresh_token', path: '/token', isSecure: true, sameSite: 'Strict' },
      { name: '__Host-access_token', path: '/', isSecure: true, isHttpOnly: true },
    ])
    expect(await jar.header(`${ORIGIN}/me`)).toMatch(/^__Host-access_token=\S+$/)
    const sent = (await jar.header(`${ORIGIN}/token/revoke`)) ?? ''
    expect(sent).toMatch(/^__Secure-refresh_token=\S+; __Host-access_token=\S+$/)
    const out = await target.send('POST', '/token/revoke', { json: { transport: 'cookie' }, headers: { cookie: sent } })
    await jar.store(lines(out), `${ORIGIN}/token/revoke`)
    expect(await jar.list()).toEqual([])
  })

  test.each([
    '__Host-access_token=x; Path=/',
    '__Host-access_token=x; Path=/token; Secure',
    '__Host-access_token=x; Path=/; Secure; Domain=app.localhost',
    '__Secure-refresh_token=x; Path=/token',
  ])('the jar of a client ignores %s', async (line) => {
    const jar = newJar()
    await jar.store([line], `${ORIGIN}/`)
    expect(await jar.list()).toEqual([])
  })
})

describe('§5.6 "if the sum of the lengths of the name string and the value string is more than 4096 octets, abort … and ignore the set-cookie-string entirely"', () => {
  test('the cookie of an access token grows with the groups that it names, until a client stores it no more and is not logged in', async () => {
    const sizes: { groups: number; octets: number; isStored: boolean }[] = []
    for (const groups of [0, 10, 20, 25, 40]) {
      const target = await startTarget({ extraClaims: groups })
      const jar = newJar()
      const answer = await logIn(target)
      await jar.store(lines(answer), `${ORIGIN}/token`)
      const octets = cookieOf(answer, 'access_token').length - 1
      const isStored = (await jar.list()).some(({ name }) => name === 'access_token')
      sizes.push({ groups, octets, isStored })
      expect(isStored).toBe(octets <= 4096)
      expect(jar.ignored()).toEqual(isStored ? [] : [{ name: 'access_token', octets, at: expect.any(Number) }])
      await target.close()
    }
    expect(sizes.map(({ isStored }) => isStored)).toContain(true)
    expect(sizes.map(({ isStored }) => isStored)).toContain(false)
  })

  test('4096 octets are stored, 4097 are not; the note goes when a cookie of that name is taken', async () => {
    const jar = newJar()
    const value = 'x'.repeat(4096 - 'access_token'.length)
    await jar.store([`access_token=${value}x; Path=/`], `${ORIGIN}/`)
    expect([await jar.list(), jar.ignored()[0]?.octets]).toEqual([[], 4097])
    await jar.store([`access_token=${value}; Path=/`], `${ORIGIN}/`)
    expect([(await jar.list()).length, jar.ignored()]).toEqual([1, []])
  })

  test('the server is not told: its answer is the same, and it counts the login as one', async () => {
    const target = await startTarget({ extraClaims: 40 })
    const answer = await logIn(target)
    expect([answer.status, answer.trace.verdict]).toEqual([200, 'allowed'])
    await target.close()
  })
})
