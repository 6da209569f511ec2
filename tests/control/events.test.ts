import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabEvent } from '../../src/contract/events.ts'
import { EventLog } from '../../src/server/control/event-log.ts'
import { readEvents } from '../support/read-events.ts'
import { startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
beforeAll(async () => {
  testLab = await startTestLab()
})
afterAll(() => testLab.close())

const read = (since: number | null, isLast: (event: LabEvent) => boolean) => readEvents(testLab, since, isLast)
const isAction = (action: string) => (event: LabEvent) => event.type === 'action' && event.action.action === action
const request = (path: string) => testLab.call('POST', '/clients/mallory/requests', { path })

test('events are gap-free from the state on, also across a lost connection', async () => {
  const { seq } = (await testLab.call('GET', '/lab')).json
  await request('/healthz')
  await testLab.call('POST', '/clock/pause')
  const first = await read(seq, isAction('clock-paused'))
  const last = first.at(-1)?.seq ?? 0
  await request('/me')
  await testLab.call('POST', '/clock/pause', { paused: false })
  const second = await read(last, isAction('clock-resumed'))
  const numbers = [...first, ...second].map((event) => event.seq)
  expect(numbers).toEqual(numbers.map((_, index) => seq + 1 + index))
  const paths = [...first, ...second].flatMap((event) => (event.type === 'exchange' ? [event.exchange.path] : []))
  expect(paths).toEqual(['/healthz', '/me'])
})

test('a login tells of its exchange, its session and the client', async () => {
  const { seq } = (await testLab.call('GET', '/lab')).json
  await testLab.call('POST', '/clients/alice-laptop/login')
  const events = await read(seq, (event) => event.type === 'client' && event.client.sessionId !== null)
  const session = events.find((event) => event.type === 'session')
  const client = events.at(-1)
  expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['exchange', 'session', 'client']))
  expect(client?.type === 'client' && client.client.sessionId).toBe(session?.type === 'session' && session.session.id)
})

test('what is trimmed is told, and after it how many exchanges are left', async () => {
  const { seq } = (await testLab.call('GET', '/lab')).json
  await testLab.call('PATCH', '/recording', { capacity: 100 })
  await Promise.all(Array.from({ length: 120 }, () => fetch(`${testLab.lab.balancerUrl}/healthz`).then((answer) => answer.text())))
  let isTrimmed = false
  const events = await read(seq, (event) => {
    isTrimmed ||= event.type === 'traffic-trimmed'
    return isTrimmed && event.type === 'recording'
  })
  const last = events.at(-1)
  expect(last?.type === 'recording' && last.recording).toMatchObject({ capacity: 100, count: 100 })
})

test('a number that this lab never gave leads to a resync', async () => {
  const [event] = await read(1_000_000, () => true)
  expect(event?.type).toBe('resync')
})

test('since takes a whole number only', async () => {
  const answer = await testLab.call('GET', '/events?since=x')
  expect(answer.status).toBe(400)
  expect(answer.json.data).toEqual({ path: 'since' })
})

test('changes of one subject within one batch leave as the last of them', () => {
  const log = new EventLog(10)
  log.publish({ type: 'session-removed', id: 'a' })
  log.publish({ type: 'traffic-trimmed', oldestSeq: 1 })
  log.publish({ type: 'traffic-trimmed', oldestSeq: 2 })
  expect(log.seq).toBe(2)
  expect(log.after(1, 10).text).toContain('"oldestSeq":2')
})

test('a session that has ended is not brought back by a use of it that is told of later', () => {
  const log = new EventLog(10)
  const times = { createdAt: 1, lastSeenAt: 1, idleExpiresAt: 2, absoluteExpiresAt: 3 }
  const session = { id: 'a', account: 'alice', ...times, node: 'node-1', device: null }
  log.publish({ type: 'session', session })
  expect(log.seq).toBe(1)
  log.publish({ type: 'session-removed', id: 'a' })
  expect(log.seq).toBe(2)
  log.publish({ type: 'session', session })
  log.publish({ type: 'session', session: { ...session, id: 'b' } })
  expect(log.seq).toBe(3)
  expect(log.after(2, 10).text).toContain('"id":"b"')
})

test('a reader further behind than the log is long is not reached', () => {
  const log = new EventLog(3)
  for (let count = 0; count < 5; count++) log.publish({ type: 'traffic-cleared' })
  expect(log.seq).toBe(5)
  expect([log.reaches(1), log.reaches(2), log.reaches(5), log.reaches(6)]).toEqual([false, true, true, false])
})
