import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
let base: string
beforeAll(async () => {
  testLab = await startTestLab(['--nodes', '1'])
  base = new URL(testLab.lab.apiUrl).origin
})
afterAll(() => testLab.close())

const ask = (path: string, { headers, ...rest }: Ask = {}) =>
  send(`${base}${path}`, { ...rest, headers: { Authorization: `Bearer ${testLab.lab.token}`, ...headers } })

describe('another machine', () => {
  test('finds nothing: the port is bound to the loopback address only', async () => {
    const port = Number(new URL(base).port)
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal)
    for (const address of outside) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(port, address?.address)
        socket.on('connect', () => resolve('connected'))
        socket.on('error', () => resolve('refused'))
      })
      expect(outcome).toBe('refused')
    }
  })
})

describe('a request without the token', () => {
  test.each([
    ['none', undefined],
    ['a wrong one', 'Bearer wrong'],
    ['an empty one', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
  ])('is refused with 401 and a challenge: %s', async (_what, authorization) => {
    for (const path of ['/lab/api/lab', '/lab/api/events', '/lab/api/openapi.json', '/lab/api/nothing']) {
      const answer = await ask(path, { headers: { Authorization: authorization } })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('Bearer')
      expect(answer.json).toMatchObject({ defined: false, code: 'UNAUTHORIZED', status: 401 })
    }
  })

  test('changes nothing', async () => {
    const answer = await ask('/lab/api/clock', { method: 'PUT', body: { offsetMs: 1000 }, headers: { Authorization: undefined } })
    expect(answer.status).toBe(401)
    expect((await ask('/lab/api/clock')).json.offsetMs).toBe(0)
  })

  test('is refused when the token is in the query or in a cookie', async () => {
    const { token } = testLab.lab
    const headers = { Authorization: undefined, Cookie: `token=${token}` }
    expect((await ask(`/lab/api/lab?token=${token}&access_token=${token}`, { headers })).status).toBe(401)
  })
})

describe('a page of another origin', () => {
  test.each(['http://evil.example', 'http://app.localhost:4700', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
    'is refused with 403, even with the token: %s',
    async (origin) => {
      const answer = await ask('/lab/api/lab', { headers: { Origin: origin } })
      expect(answer.status).toBe(403)
      expect(answer.json).toMatchObject({ code: 'FORBIDDEN', status: 403 })
    },
  )

  test('gets no CORS header, neither on a preflight nor on an answer', async () => {
    const preflight = await ask('/lab/api/lab', {
      method: 'OPTIONS',
      headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'GET', Authorization: undefined },
    })
    expect(preflight.status).toBe(403)
    const own = await ask('/lab/api/lab', { headers: { Origin: base } })
    expect(own.status).toBe(200)
    for (const { headers } of [preflight, own]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})

describe('a name that was rebound to this machine', () => {
  test.each(['evil.example', 'app.localhost', '127.0.0.1.nip.example'])('is refused with 421, page and API: %s', async (name) => {
    const host = `${name}:${new URL(base).port}`
    for (const path of ['/', '/lab/api/lab']) {
      const answer = await ask(path, { headers: { Host: host } })
      expect(answer.status).toBe(421)
      expect(answer.json).toMatchObject({ code: 'MISDIRECTED_REQUEST', status: 421 })
    }
  })

  test('is refused also under the right name with another port or none', async () => {
    for (const host of ['127.0.0.1', '127.0.0.1:1']) expect((await ask('/lab/api/lab', { headers: { Host: host } })).status).toBe(421)
  })

  test('is none of ours: localhost and 127.0.0.1 are answered', async () => {
    const { port } = new URL(base)
    for (const name of ['localhost', '127.0.0.1']) {
      expect((await ask('/lab/api/clock', { headers: { Host: `${name}:${port}` } })).status).toBe(200)
    }
  })
})

test('no answer of the control port sets a cookie', async () => {
  for (const path of ['/', '/lab/api/lab', '/lab/api/nothing']) expect((await ask(path)).headers['set-cookie']).toBeUndefined()
})

test('the page may run its own files only, call its own origin only, and stand in no frame', async () => {
  const { headers } = await ask('/')
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("style-src 'self';")
  expect(policy).toContain("connect-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe-eval')
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
})

test('the refusal of a body that is too large names the limit that it broke', async () => {
  const refusal = async (path: string, octets: number) =>
    (await ask(`/lab/api${path}`, { method: 'POST', body: { log: 'x'.repeat(octets) } })).json.message
  expect(await refusal('/tokens/inspect', 1024 * 1024)).toContain('1 MiB')
  expect(await refusal('/assessment/har', 20 * 1024 * 1024)).toContain('20 MiB')
})

test('a body over 1 MiB is refused with 413, of whatever type it says it is', async () => {
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    const answer = await ask('/lab/api/clock', { method: 'PUT', body: `"${'x'.repeat(1_100_000)}"`, headers: { 'Content-Type': type } })
    expect(answer.status).toBe(413)
    expect(answer.json).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', status: 413 })
  }
})

test('answers of the API stay in no cache', async () => {
  expect((await ask('/lab/api/lab')).headers['cache-control']).toBe('no-store')
})

test('the token is in no log: not in the traffic, not in the archive, not in the state, not in the data folder', async () => {
  const { token, balancerUrl, dataDir } = testLab.lab
  await send(`${balancerUrl}/healthz`)
  for (const path of ['/lab', '/exchanges', '/exchanges.har?secrets=shown', '/openapi.json']) {
    expect((await ask(`/lab/api${path}`)).text).not.toContain(token)
  }
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(1)
  for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes(token), name).toBe(false)
})

test('a head over 16 KiB is refused with 431', async () => {
  expect((await ask('/lab/api/lab', { headers: { 'X-Long': 'x'.repeat(1_000_000) } }).catch(() => ({ status: 431 }))).status).toBe(431)
})

test('files outside the workbench are not served', async () => {
  for (const path of ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/assets/..%2f..%2f..%2fpackage.json']) {
    const answer = await ask(path)
    expect(answer.text).not.toContain('"productName"')
    expect(answer.status).toBeGreaterThanOrEqual(400)
  }
})

test('a token that is nested without limit is refused as malformed, and its exchange and the list of all can be read', async () => {
  const encoded = (json: string): string => Buffer.from(json).toString('base64url')
  const header = `{"alg":"HS256","a":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const token = `${encoded(header)}.${encoded('{}')}.c2ln`
  const answer = await send(`${testLab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
  expect(answer).toMatchObject({ status: 401, json: { verdict: 'malformed-token' } })
  expect((await ask(`/lab/api/exchanges/${answer.headers['x-authlab-exchange']}`)).json.verdict).toBe('malformed-token')
  expect((await ask('/lab/api/exchanges')).status).toBe(200)
})
