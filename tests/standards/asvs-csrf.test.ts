import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, cookieOf, logIn, startTarget, type Target } from '../target/support.ts'

let target: Target

beforeAll(async () => {
  target = await startTarget()
})
afterAll(() => target.close())

/** OWASP ASVS 5 V3.5.1: what must not be done in another site's name. */
interface Stateful {
  readonly method: string
  readonly path: string
  readonly body?: object
  /** Which cookies it acts on; a login acts on none, and must be refused all the same (login CSRF). */
  readonly mechanisms: readonly ('session' | 'jwt-cookie' | 'refresh' | 'login')[]
}

const BOTH = ['session', 'jwt-cookie'] as const
const LOGIN = { username: 'alice', password: 'alice-pass' }
const STATEFUL: readonly Stateful[] = [
  { method: 'POST', path: '/session', body: LOGIN, mechanisms: ['login'] },
  { method: 'DELETE', path: '/session', mechanisms: BOTH },
  { method: 'POST', path: '/session/cart', body: { item: 'book' }, mechanisms: ['session'] },
  { method: 'DELETE', path: '/sessions', mechanisms: BOTH },
  { method: 'DELETE', path: '/sessions/:id', mechanisms: BOTH },
  { method: 'POST', path: '/token', body: { grant_type: 'password', transport: 'cookie', ...LOGIN }, mechanisms: ['login'] },
  { method: 'POST', path: '/token', body: { grant_type: 'refresh_token', transport: 'cookie' }, mechanisms: ['refresh'] },
  { method: 'POST', path: '/token/revoke', body: { transport: 'cookie' }, mechanisms: ['refresh'] },
  { method: 'POST', path: '/transfer', body: { to: 'mallory', amountCents: 100 }, mechanisms: BOTH },
  { method: 'POST', path: '/password', body: { currentPassword: 'alice-pass', newPassword: 'new password' }, mechanisms: BOTH },
]
/** It acts on what stands in `Authorization` alone, which no browser attaches by itself to a request of another site. */
const NOT_AMBIENT = ['POST /token/introspect']

interface RouteLayer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
}

test('every route that can change something is in this test', () => {
  const { stack } = target.target.app.router as unknown as { stack: RouteLayer[] }
  const stateful = stack.flatMap(({ route }) => {
    const methods = Object.keys(route?.methods ?? {})
    // What answers 405 stands under every method.
    if (methods.length > 2) return []
    return methods.filter((method) => method !== 'get' && method !== 'head').map((method) => `${method.toUpperCase()} ${route?.path}`)
  })
  expect(stateful.sort()).toEqual([...new Set(STATEFUL.map(({ method, path }) => `${method} ${path}`)), ...NOT_AMBIENT].sort())
})

const cookieFor = async (mechanism: Stateful['mechanisms'][number]): Promise<string> => {
  if (mechanism === 'login') return ''
  if (mechanism === 'session') return logIn(target)
  const answer = await target.send('POST', '/token', { json: { grant_type: 'password', transport: 'cookie', ...LOGIN } })
  return cookieOf(answer, mechanism === 'refresh' ? 'refresh_token' : 'access_token')
}

const FOREIGN: readonly [string, Record<string, string>][] = [
  ['another site by its Origin', { origin: 'http://evil.localhost:4999' }],
  ['another port of the same name, which is another origin', { origin: 'http://app.localhost:4999' }],
  ['an opaque origin', { origin: 'null' }],
  ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ['a name beside it by Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
]
const CASES = STATEFUL.flatMap(({ mechanisms, ...route }) => mechanisms.map((mechanism) => ({ ...route, mechanism })))

const sendForged = async (route: (typeof CASES)[number], headers: Record<string, string>, body?: string): Promise<Answer> => {
  const { method, path, mechanism } = route
  const cookie = await cookieFor(mechanism)
  const json = body === undefined ? route.body : undefined
  return target.send(method, path.replace(':id', 'a'.repeat(64)), { headers: { ...headers, ...(cookie && { cookie }) }, json, body })
}
const verdictOf = (answer: Answer): unknown => [answer.status, answer.trace.verdict]

describe('28. CSRF: token or custom header plus Origin / Sec-Fetch-Site check; SameSite is defence in depth only', () => {
  describe.each(CASES)('$method $path with the cookie of $mechanism', (route) => {
    test.each(FOREIGN)('from %s is refused even where the cookie comes along', async (_, headers) => {
      const answer = await sendForged(route, headers)
      expect(verdictOf(answer)).toEqual([403, 'csrf-blocked'])
      expect(answer.headers.getSetCookie()).toEqual([])
    })

    // A form sends no other method, and a login has no cookie to ride on.
    if (route.method === 'POST' && route.mechanism !== 'login') {
      test('as a form, from a browser that says nothing of where it is from, is refused', async () => {
        const form = new URLSearchParams(Object.entries(route.body ?? {}).map(([name, value]) => [name, String(value)])).toString()
        const types = ['application/x-www-form-urlencoded', 'text/plain']
        for (const type of types) {
          const answer = await sendForged(route, { 'content-type': type }, type === 'text/plain' ? JSON.stringify(route.body) : form)
          // A form that a route cannot even read gives nothing either.
          expect([answer.status, answer.trace.verdict === 'allowed']).toEqual([
            expect.toSatisfy((status) => status === 403 || status === 400),
            false,
          ])
        }
      })
    }

    test('from its own page it is taken', async () => {
      const answer = await sendForged(route, { 'sec-fetch-site': 'same-origin', origin: target.url })
      expect(answer.trace.verdict).toBe('allowed')
      await target.target.reset()
    })
  })
})
