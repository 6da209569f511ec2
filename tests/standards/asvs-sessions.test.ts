import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { advance, bearer, cookieOf, getToken, LIFETIMES, logIn, startTarget, type Target } from '../target/support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const rawSid = (cookie: string): string => decodeURIComponent(cookie.slice('sid='.length)).slice(2).split('.')[0] ?? ''
const status = async (cookie: string, path = '/me') => (await lab.send('GET', path, { headers: { cookie } })).status

describe('session ids', () => {
  test('"at least 128 bits of entropy" from a CSPRNG: OWASP ASVS 5 V7.2.3', async () => {
    const ids = []
    for (let count = 0; count < 8; count++) ids.push(rawSid(await logIn(lab)))
    for (const id of ids) expect(Buffer.from(id, 'base64url').byteLength * 8).toBeGreaterThanOrEqual(128)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('"generates a new session token on user authentication ... and terminates the current session token": OWASP ASVS 5 V7.2.4', async () => {
    const first = await logIn(lab)
    const second = await logIn(lab, 'bob', first)
    expect(rawSid(second)).not.toBe(rawSid(first))
    expect([await status(first), await status(second)]).toEqual([401, 200])
  })

  test('a change of password gives a new session id, and the one before it is dead: OWASP ASVS 5 V7.2.4', async () => {
    const first = await logIn(lab, 'bob')
    const json = { currentPassword: 'bob-pass', newPassword: 'a better one' }
    const second = cookieOf(await lab.send('POST', '/password', { headers: { cookie: first }, json }))
    expect([await status(first), await status(second)]).toEqual([401, 200])
  })

  test('"only in the cookie": an id in the URL or the body is no credential, and no answer or step shows it', async () => {
    const cookie = await logIn(lab)
    const value = cookie.slice('sid='.length)
    const byUrl = await lab.send('GET', `/me?sid=${value}`)
    expect([byUrl.status, byUrl.body['verdict']]).toEqual([401, 'no-credential'])
    const shown = [await lab.send('GET', '/session', { headers: { cookie } }), await lab.send('GET', '/sessions', { headers: { cookie } })]
    for (const answer of shown) expect(answer.text + JSON.stringify(answer.trace)).not.toContain(rawSid(cookie))
  })

  test('the store holds the SHA-256 of an id and never the id', async () => {
    const sid = rawSid(await logIn(lab))
    const rows = lab.database.prepare('SELECT * FROM sessions').all() as { hash: string }[]
    expect(rows.map((row) => row.hash)).toEqual([createHash('sha256').update(sid).digest('hex')])
    expect(JSON.stringify(rows)).not.toContain(sid)
  })
})

describe('the end of a session', () => {
  test('"inactivity timeout" and "absolute maximum session lifetime" are the server\'s: OWASP ASVS 5 V7.3.1, V7.3.2', async () => {
    const idle = await logIn(lab)
    advance(lab, LIFETIMES.sessionIdle)
    expect(await status(idle)).toBe(401)
    const busy = await logIn(lab)
    for (let used = 0; used < LIFETIMES.sessionAbsolute - 1200; used += 1200) {
      advance(lab, 1200)
      expect(await status(busy)).toBe(200)
    }
    advance(lab, 1200)
    expect(await status(busy)).toBe(401)
  })

  test('"when session termination is triggered ... the application disallows any further use": OWASP ASVS 5 V7.4.1', async () => {
    const cookie = await logIn(lab)
    await lab.send('DELETE', '/session', { headers: { cookie } })
    expect(lab.database.prepare('SELECT count(*) AS count FROM sessions').get()).toEqual({ count: 0 })
    expect(await status(cookie)).toBe(401)
  })

  test('"terminates all active sessions when a user account is disabled": OWASP ASVS 5 V7.4.2', async () => {
    const cookie = await logIn(lab, 'bob')
    lab.database.prepare("UPDATE accounts SET is_disabled = 1 WHERE name = 'bob'").run()
    expect(await status(cookie)).toBe(401)
    lab.database.prepare("UPDATE accounts SET is_disabled = 0 WHERE name = 'bob'").run()
    expect(await status(cookie)).toBe(401)
  })

  test('a change of password ends "all other active sessions": OWASP ASVS 5 V7.4.3', async () => {
    const [own, other] = [await logIn(lab, 'bob'), await logIn(lab, 'bob')]
    const wrong = await lab.send('POST', '/password', {
      headers: { cookie: own },
      json: { currentPassword: 'guess', newPassword: 'a better one' },
    })
    expect([wrong.status, await status(other)]).toEqual([403, 200])
    const json = { currentPassword: 'bob-pass', newPassword: 'a better one' }
    const changed = await lab.send('POST', '/password', { headers: { cookie: own }, json })
    expect(changed.body).toMatchObject({ endedSessions: 1 })
    expect(await status(other)).toBe(401)
    const login = (password: string) => lab.send('POST', '/session', { json: { username: 'bob', password } })
    expect([(await login('bob-pass')).status, (await login('a better one')).status]).toEqual([401, 200])
  })

  test('"users are able to view and terminate any or all of their sessions": OWASP ASVS 5 V7.5.2', async () => {
    const [first, second] = [await logIn(lab), await logIn(lab)]
    const rows = (await lab.send('GET', '/sessions', { headers: { cookie: first } })).body as unknown as { id: string }[]
    expect(rows).toHaveLength(2)
    await lab.send('DELETE', '/sessions', { headers: { cookie: first } })
    expect([await status(first), await status(second)]).toEqual([401, 401])
  })
})

describe('the cookie', () => {
  test('is HttpOnly, has an explicit SameSite and Path=/, and no Domain: RFC 6265bis §4.1.2', async () => {
    const answer = await lab.send('POST', '/session', { json: { username: 'bob', password: 'bob-pass' } })
    const attributes = (answer.headers.getSetCookie()[0] ?? '').split('; ').slice(1)
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax'])
  })

  test('"Cache-Control: no-store" is on every answer: OWASP ASVS 5 V14.3.2', async () => {
    const cookie = await logIn(lab)
    for (const path of ['/me', '/orders', '/session', '/sessions', '/admin/users', '/nothing', '/'])
      expect((await lab.send('GET', path, { headers: { cookie } })).headers.get('cache-control')).toBe('no-store')
    expect((await lab.send('GET', '/me')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('cross-site requests', () => {
  const transfer = { to: 'mallory', amountCents: 100_000 }
  const transfers = () => lab.database.prepare('SELECT count(*) AS count FROM transfers').get()

  test('what a browser says came from elsewhere is refused: "Origin" and "Sec-Fetch-Site", OWASP ASVS 5 V3.5.1', async () => {
    const cookie = await logIn(lab)
    const foreignOnes: Record<string, string>[] = [
      { origin: 'http://evil.localhost:4700' },
      { origin: 'null' },
      // Same host: the port and the scheme are part of the origin (RFC 6454 §4).
      { origin: 'http://127.0.0.1:1' },
      { origin: lab.url.replace('http:', 'https:') },
      { origin: lab.url.replace('http://', 'http://user@') },
      { origin: `${lab.url}/` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const foreign of foreignOnes) {
      const headers: Record<string, string> = { cookie, ...foreign }
      const answer = await lab.send('POST', '/transfer', { headers, json: transfer })
      expect([answer.status, answer.body['verdict']]).toEqual([403, 'csrf-blocked'])
      const login = await lab.send('POST', '/session', { headers, json: { username: 'bob', password: 'bob-pass' } })
      expect(login.body['verdict']).toBe('csrf-blocked')
    }
    expect(transfers()).toEqual({ count: 0 })
  })

  test('a form cannot act on a cookie even where the browser says nothing; a custom header can: OWASP ASVS 5 V3.5.2', async () => {
    const cookie = await logIn(lab)
    const type = { 'content-type': 'text/plain' }
    const form = await lab.send('POST', '/transfer', { headers: { cookie, ...type }, body: JSON.stringify(transfer) })
    expect([form.status, form.body['verdict']]).toEqual([403, 'csrf-blocked'])
    expect((await lab.send('POST', '/transfer', { headers: { cookie, 'x-csrf-protection': '1' }, json: transfer })).status).toBe(201)
    expect((await lab.send('POST', '/transfer', { headers: { cookie, origin: lab.url }, json: transfer })).status).toBe(201)
  })

  test('a token in a cookie needs the same protection, a bearer token none: RFC 6265bis §8.8', async () => {
    const token = await getToken(lab)
    const origin = { origin: 'http://evil.localhost:4700' }
    const byCookie = await lab.send('POST', '/transfer', { headers: { cookie: `access_token=${token}`, ...origin }, json: transfer })
    expect(byCookie.body['verdict']).toBe('csrf-blocked')
    expect((await lab.send('POST', '/transfer', { headers: { ...bearer(token), ...origin }, json: transfer })).status).toBe(201)
  })
})
