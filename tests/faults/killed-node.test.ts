import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/contract/exchanges.ts'
import { connectDatabase } from '../../src/server/storage/open.ts'
import { SqliteSessionStore } from '../../src/server/target/sessions/sqlite-session-store.ts'
import { sessionOf } from '../support/session-data.ts'
import { ask } from '../support/session-store-contract.ts'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'
import { cookieOf } from './acknowledged.ts'

const SESSIONS = 900
const PATIENT = { timeout: 20_000 }

let lab: TestLab
let host: string
beforeEach(async () => {
  lab = await startTestLab(['--nodes', '1'])
  host = new URL(lab.lab.balancerUrl).host
  return () => lab.close()
})

interface Raw {
  readonly socket: Socket
  received(): string
  readonly closed: Promise<unknown>
}

const open = (): Raw => {
  const socket = connect(Number(new URL(lab.lab.balancerUrl).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (chunk) => {
    received += chunk
  })
  return { socket, closed, received: () => received }
}

const exchangeTo = async (path: string): Promise<Exchange | undefined> => {
  const { json } = await lab.call('GET', '/exchange-summaries')
  const found = json.find((exchange: Exchange) => exchange.path === path)
  return found && (await lab.call('GET', `/exchanges/${found.id}`)).json
}

const kill = async (): Promise<void> => {
  expect((await lab.call('POST', '/nodes/node-1/kill')).status).toBe(200)
}

const logIn = () =>
  send(`${lab.lab.balancerUrl}/session`, {
    method: 'POST',
    body: { username: 'alice', password: 'alice-pass' },
    headers: { 'Content-Type': 'application/json' },
  })

describe('a node killed in the middle', () => {
  test('of a body that streams in answers 502 with the verdict, and the connection takes the next request', async () => {
    const { socket, received } = open()
    const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`
    socket.write(`POST /session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`)
    await expect.poll(async () => (await exchangeTo('/session'))?.node, PATIENT).toBe('node-1')
    await kill()
    await expect.poll(received, PATIENT).toContain('no-node-available')
    expect(received()).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: application\/problem\+json/)
    // The client may not have read that yet: what it still sends is taken.
    socket.write(`${chunk.repeat(200)}0\r\n\r\nGET /next HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    await expect.poll(received, PATIENT).toContain('HTTP/1.1 503')
    expect(await exchangeTo('/session')).toMatchObject({ status: 502, verdict: 'no-node-available', node: 'node-1' })
  })

  test('of an answer that streams out cuts the connection and is recorded as it was: no whole answer, the verdict no-node-available', async () => {
    const cookie = cookieOf(await logIn())
    // The longest answer that the target has: a list of sessions, here of large devices, more than all buffers on the way take.
    const database = connectDatabase(join(lab.lab.dataDir, 'target.db'))
    const clock = { nowMs: () => Date.now() }
    const store = new SqliteSessionStore({ database, clock, idleSeconds: 1800, absoluteSeconds: 43_200, nodeId: 'node-1' })
    const data = sessionOf({ account: 'alice', device: 'd'.repeat(20_000) })
    for (let n = 0; n < SESSIONS; n++) await ask((done) => store.set(`large-${n}`, data, done))
    store.close()
    database.close()
    const { socket, closed, received } = open()
    socket.pause().write(`GET /sessions HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`)
    await expect.poll(async () => (await exchangeTo('/sessions'))?.response.bodyBytes ?? 0, PATIENT).toBeGreaterThan(0)
    await kill()
    socket.resume()
    await closed
    const length = Number(/^Content-Length: (\d+)/im.exec(received())?.[1])
    expect(received()).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(received().length).toBeLessThan(length)
    const exchange = await exchangeTo('/sessions')
    expect(exchange).toMatchObject({ status: 200, verdict: 'no-node-available', node: 'node-1' })
    expect(exchange?.response.bodyBytes).toBeLessThan(length)
    expect(exchange?.steps.at(-1)).toMatchObject({ outcome: 'fail', title: 'node-1 went down in the middle of its answer' })
  })

  test('of many logins answers each of them, and every 200 has its session', async () => {
    const answers = Promise.all(Array.from({ length: 40 }, logIn))
    await expect.poll(async () => (await exchangeTo('/session'))?.node, PATIENT).toBe('node-1')
    await kill()
    const statuses = (await answers).map(({ status }) => status)
    expect(statuses.filter((status) => ![200, 502, 503].includes(status))).toEqual([])
    expect(statuses.some((status) => status === 502)).toBe(true)
    expect((await lab.call('POST', '/nodes/node-1/start')).status).toBe(200)
    for (const answer of (await answers).filter(({ status }) => status === 200))
      expect((await send(`${lab.lab.balancerUrl}/me`, { headers: { cookie: cookieOf(answer) } })).status).toBe(200)
  })
})

test('200 logins at once through the balancer are 200 sessions that every node accepts, and 200 recorded exchanges', async () => {
  const many = await startTestLab(['--nodes', '3'])
  onTestFinished(() => many.close())
  const body = { username: 'bob', password: 'bob-pass' }
  const url = `${many.lab.balancerUrl}/session`
  const login = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }
  const answers = await Promise.all(Array.from({ length: 200 }, () => send(url, login)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  const cookies = new Set(answers.map(cookieOf))
  expect(cookies.size).toBe(200)
  expect((await many.call('GET', '/sessions')).json).toHaveLength(200)
  await expect.poll(async () => (await many.call('GET', '/exchanges')).json.length, PATIENT).toBe(200)
  const accepted = await Promise.all([...cookies].map((cookie) => send(url, { headers: { cookie } })))
  expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(accepted.map(({ headers }) => headers['x-authlab-node']))).toEqual(new Set(['node-1', 'node-2', 'node-3']))
}, 60_000)

test('a megabyte of header is refused while it arrives; the nodes never see it and the next request is served', async () => {
  const { socket, received, closed } = open()
  socket.write(`GET /me HTTP/1.1\r\nHost: ${host}\r\n`)
  for (let sent = 0; sent < 1024; sent++) socket.write(`X-${sent}: ${'x'.repeat(1000)}\r\n`)
  await closed
  expect(received()).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\nContent-Type: application\/problem\+json/)
  expect((await send(`${lab.lab.balancerUrl}/healthz`)).status).toBe(200)
  expect((await lab.call('GET', '/nodes')).json).toMatchObject([{ state: 'up', requests: 1 }])
})
