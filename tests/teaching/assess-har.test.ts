import { describe, expect, test } from 'vitest'
import { type AssessmentItem, HarInput, TRAFFIC_CODES } from '../../src/contract/assessment.ts'
import { assessHar } from '../../src/server/teaching/assess-har.ts'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (header: object, payload: object): string => `${part(header)}.${part(payload)}.c2lnbmF0dXJl`
const TOKEN = jwt({ alg: 'HS256' }, { sub: '17', email: 'ann@shop.example' })
const SID = 'aB3dE5fG7hI9jK1lM3nO5pQ7'

interface Sketch {
  method?: string
  url?: string
  request?: Record<string, string>
  body?: string
  status?: number
  answer?: [name: string, value: string][]
  answerBody?: string
}

const entry = ({ method = 'GET', url = 'https://shop.example/', request = {}, body, status = 200, answer = [], answerBody }: Sketch) => ({
  startedDateTime: '2026-03-01T10:00:00.000Z',
  request: {
    method,
    url,
    headers: Object.entries(request).map(([name, value]) => ({ name, value })),
    ...(body !== undefined && { postData: { mimeType: 'text/plain', text: body } }),
  },
  response: {
    status,
    headers: answer.map(([name, value]) => ({ name, value })),
    ...(answerBody !== undefined && { content: { text: answerBody } }),
  },
})

const assess = (...sketches: Sketch[]) => assessHar({ log: { creator: { name: 'Firefox' }, entries: sketches.map(entry) } })
const itemOf = (items: readonly AssessmentItem[], code: string): AssessmentItem => {
  const item = items.find((found) => found.code === code)
  if (!item) throw new Error(`no item ${code}`)
  return item
}
const resultOf = async (code: string, ...sketches: Sketch[]): Promise<AssessmentItem['result']> =>
  itemOf((await assess(...sketches)).items, code).result

const BEARER = { Authorization: `Bearer ${TOKEN}` }
const COOKIE = { Cookie: `connect.sid=${SID}` }
const LOGIN: Sketch = { method: 'POST', url: 'https://shop.example/login', body: '{"password":"x"}', request: COOKIE }

/** Each question once with a bad answer, once with a good one, once not asked. */
const CASES: Record<(typeof TRAFFIC_CODES)[number], { bad: Sketch[]; good: Sketch[] }> = {
  'token-in-url': { bad: [{ url: `https://shop.example/me?access_token=${TOKEN}` }], good: [{ request: BEARER }] },
  'session-in-url': { bad: [{ url: 'https://shop.example/cart;jsessionid=8F3A09' }], good: [{ request: COOKIE }] },
  'password-in-url': {
    bad: [{ url: 'https://shop.example/in?user=ann&password=s3cret' }],
    good: [{ url: 'https://shop.example/?page=2' }],
  },
  'plain-http': { bad: [{ url: 'http://shop.example/', request: COOKIE }], good: [{ url: 'http://localhost:3000/', request: COOKIE }] },
  'mixed-mechanisms': { bad: [{ request: { ...COOKIE, ...BEARER } }], good: [{ request: COOKIE }, { request: BEARER }] },
  'cacheable-credential': {
    bad: [{ answerBody: `{"access_token":"${TOKEN}"}` }],
    good: [{ answerBody: `{"access_token":"${TOKEN}"}`, answer: [['cache-control', 'no-store']] }],
  },
  'id-kept-at-login': {
    bad: [{ ...LOGIN, answer: [] }],
    good: [{ ...LOGIN, answer: [['Set-Cookie', 'connect.sid=another-value-than-before; HttpOnly']] }],
  },
  'works-after-logout': {
    bad: [
      { method: 'POST', url: 'https://shop.example/logout', request: COOKIE },
      { url: 'https://shop.example/me', request: COOKIE },
    ],
    good: [
      { method: 'POST', url: 'https://shop.example/logout', request: COOKIE },
      { url: 'https://shop.example/me', request: COOKIE, status: 401 },
    ],
  },
  'no-challenge': { bad: [{ status: 401 }], good: [{ status: 401, answer: [['WWW-Authenticate', 'Bearer']] }] },
  'basic-credentials': { bad: [{ request: { Authorization: 'Basic YTpi' } }], good: [{ request: BEARER }] },
  'form-without-csrf-protection': {
    bad: [{ method: 'POST', request: { ...COOKIE, 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'to=bob' }],
    good: [{ method: 'POST', request: { ...COOKIE, 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'to=bob&_csrf=abc' }],
  },
}

describe('an archive of another application', () => {
  test.each(TRAFFIC_CODES)('%s fails, passes, or is not asked', async (code) => {
    const { bad, good } = CASES[code]
    expect(await resultOf(code, ...bad)).toBe('fail')
    expect(await resultOf(code, ...good)).toBe('pass')
    expect(await resultOf(code, { url: 'https://shop.example/logo.png' })).toBe('not-applicable')
  })

  test('an item names the requests that show it, and no secret', async () => {
    const { items } = await assess({ url: 'https://shop.example/' }, { url: `https://shop.example/me?access_token=${TOKEN}&page=2` })
    const { entries } = itemOf(items, 'token-in-url')
    expect(entries).toEqual([{ index: 1, method: 'GET', url: 'https://shop.example/me?access_token=[hidden]&page=2' }])
    expect(JSON.stringify(items)).not.toContain(TOKEN)
  })

  test('the flags of each session cookie are looked at; Secure is moot over http on this machine', async () => {
    const cookie = async (url: string) => (await assess({ url, answer: [['Set-Cookie', `connect.sid=${SID}; Path=/`]] })).items
    const remote = await cookie('https://shop.example/')
    expect(itemOf(remote, 'cookie-not-http-only')).toMatchObject({ result: 'fail', subject: 'connect.sid', clause: 'OWASP ASVS 5 V3.3.4' })
    expect(itemOf(remote, 'cookie-not-secure').result).toBe('fail')
    expect(itemOf(remote, 'cookie-no-same-site').result).toBe('fail')
    expect(itemOf(await cookie('http://localhost:8080/'), 'cookie-not-secure').result).toBe('not-applicable')
    const good = (await assess({ answer: [['Set-Cookie', `__Host-sid=${SID}; Path=/; Secure; HttpOnly; SameSite=Lax`]] })).items
    expect(good.filter(({ code, result }) => code.startsWith('cookie-') && result === 'fail')).toEqual([])
  })

  test('two Set-Cookie lines that were joined by a line break are two cookies', async () => {
    const { items } = await assess({ answer: [['Set-Cookie', `connect.sid=${SID}; HttpOnly\nsession_id=${SID}`]] })
    const subjects = new Set(items.filter(({ code }) => code.startsWith('cookie-')).map(({ subject }) => subject))
    expect(subjects).toEqual(new Set(['connect.sid', 'session_id']))
  })

  test('each token is taken apart once, wherever it was seen', async () => {
    const { items, carried } = await assess({ request: BEARER }, { request: BEARER }, { request: { Cookie: `jwt=${TOKEN}` } }, {})
    const missing = items.filter(({ code }) => code === 'token-no-exp')
    expect(missing).toHaveLength(1)
    expect(missing[0]?.entries.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(itemOf(items, 'token-personal-data').evidence).toEqual({ names: ['email'] })
    expect(carried).toEqual({ sessionCookie: 0, tokenCookie: 1, bearer: 2, basic: 0, none: 1 })
  })

  test('an id that is the same by chance of its name at another host is no reuse after logout', async () => {
    const items = [
      { method: 'POST', url: 'https://shop.example/logout', request: COOKIE },
      { url: 'https://other.example/me', request: COOKIE },
    ]
    expect(await resultOf('works-after-logout', ...items)).toBe('pass')
  })

  test('an archive that is none says where it is wrong', () => {
    const where = (input: unknown): string | undefined => HarInput.safeParse(input).error?.issues[0]?.path.join('.')
    expect(where({})).toBe('log')
    expect(where({ log: { version: '2.0', entries: [] } })).toBe('log.version')
    expect(where({ log: { version: '1.2', entries: [{ ...entry({}), request: { ...entry({}).request, url: 'no url' } }] } })).toBe(
      'log.entries.0.request.url',
    )
    expect(where({ log: { version: '1.2', entries: [entry({})] } })).toBeUndefined()
  })

  test('entries that are no HTTP, broken encodings and empty archives are taken as they are', async () => {
    expect((await assess()).items.every(({ result }) => result === 'not-applicable')).toBe(true)
    const odd = await assess({ url: 'data:text/plain,x' }, { request: { Cookie: 'sid=%E0%A4%A' } }, { request: { Cookie: ';;=;sid' } })
    expect(odd.entries).toBe(3)
    expect(odd.carried.sessionCookie).toBe(1)
  })
})

describe('an archive made to harm', () => {
  const takenMs = async (...sketches: Sketch[]): Promise<number> => {
    const startedAt = performance.now()
    await assess(...sketches)
    return performance.now() - startedAt
  }

  test.each([
    ['a body of nothing but beginnings of tokens', [{ answerBody: 'eyJ-'.repeat(1_000_000) }]],
    ['a URL of them', [{ url: `https://shop.example/?token=${'eyJ-'.repeat(1_000_000)}` }]],
    ['a path of parameters', [{ url: `https://shop.example/${';a'.repeat(1_000_000)}` }]],
    [
      'nothing but logouts',
      Array.from({ length: 20_000 }, (_, at) => ({
        method: 'POST',
        url: 'https://shop.example/logout',
        request: { Cookie: `sid=${at}` },
      })),
    ],
    ['a token longer than any', [{ answerBody: jwt({ alg: 'HS256' }, { a: '\\'.repeat(4_000_000) }) }]],
  ] satisfies [string, Sketch[]][])('%s takes no longer than a harmless one of its size', async (_name, sketches) => {
    // The first took hours before it was read in one walk, the others minutes or a stack overflow.
    expect(await takenMs(...sketches)).toBeLessThan(5000)
  })

  test('many cookies and long names do not make the answer longer than what was sent', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at): [string, string] => ['Set-Cookie', `a${at}${'x'.repeat(200)}sess=1`])
    const assessment = await assess({ method: 'M'.repeat(100_000), answer: lines })
    expect(JSON.stringify(assessment).length).toBeLessThan(3_000_000)
  })

  test.each([
    '/cart;jsessionid=8F3A09BC44D2E1F0AA',
    '/cart?sid=8F3A09BC44D2E1F0AA',
    '/in?pwd=8F3A09BC44D2E1F0AA&user=ann',
    '/in?%70assword=8F3A09BC44D2E1F0AA',
    '/cart?PHPSESSID=8F3A09BC44D2E1F0AA#8F3A09BC44D2E1F0AA',
  ])('the secret in the very URL that an item is about is not in the answer: %s', async (path) => {
    const assessment = await assess({ url: `https://shop.example${path}`, request: COOKIE })
    expect(assessment.items.some(({ code, result }) => code.endsWith('-in-url') && result === 'fail')).toBe(true)
    expect(JSON.stringify(assessment)).not.toContain('8F3A09BC44D2E1F0AA')
  })
})
