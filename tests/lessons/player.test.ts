import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'
import { makeDirty, stateOf } from './lab-state.ts'
import { smallLesson, writeOwnLessons } from './small-lesson.ts'

let folder: string
let lab: TestLab

beforeEach(async () => {
  folder = newFolder()
  writeOwnLessons(folder, { 'small.json': smallLesson() })
  lab = await startTestLab([], folder)
})
afterEach(() => lab.close())

const post = async (path: string, body: unknown = {}) => {
  const { status, json } = await lab.call('POST', path, body)
  expect(status, JSON.stringify(json)).toBeLessThan(300)
  return json
}
const runOf = async () => (await lab.call('GET', '/lesson-run')).json
/** What is noticed in the traffic is noticed a moment after the answer. */
const until = async (isSo: (run: Awaited<ReturnType<typeof runOf>>) => boolean) => expect.poll(async () => isSo(await runOf())).toBe(true)

test('a lesson goes from step to step as its checkpoints hold; the next one cannot be opened before', async () => {
  await post('/lessons/small/start')
  expect((await lab.call('POST', '/lesson-run/next')).status).toBe(409)
  expect((await post('/lesson-run/actions')).steps[0]).toMatchObject({ state: 'done', checks: [{ isHeld: true, found: 'allowed' }] })
  expect(await post('/lesson-run/next')).toMatchObject({ current: 1, steps: [{ state: 'done' }, { state: 'open' }] })
  const { steps } = await post('/lesson-run/actions')
  expect(steps[1]).toMatchObject({
    state: 'done',
    evidence: [
      { node: 'node-2', verdict: 'unknown-session', nodeSessions: 0 },
      { node: 'node-1', verdict: 'allowed', nodeSessions: 1 },
    ],
  })
  expect(steps[1].evidence[0].credential).toMatch(/^.{4}….{4}$/)
  expect(steps[1].evidence[1].credential).toBe(steps[1].evidence[0].credential)
  expect((await lab.call('POST', '/lesson-run/actions')).status).toBe(409)
})

test('a refresh is pinned with its refresh token, so that the thief is seen to send the one that the owner has used', async () => {
  await post('/lessons/refresh-theft/start')
  await post('/lesson-run/actions')
  const first = (await post('/lesson-run/actions')).steps[0].evidence[1]
  await post('/lesson-run/next')
  const stolen = (await post('/lesson-run/actions')).steps[1].evidence[0]
  expect(first).toMatchObject({ client: 'bob', path: '/token', credential: expect.stringMatching(/^.{4}….{4}$/) })
  expect(stolen).toMatchObject({ client: 'mallory', verdict: 'refresh-reused', credential: first.credential })
})

test('a prediction can be changed until the step runs; then it is locked, and counted as right or wrong', async () => {
  await post('/lessons/small/start', { step: 'call' })
  await post('/lesson-run/prediction', { choice: 1 })
  expect((await post('/lesson-run/prediction', { choice: 0 })).steps[1].prediction).toBe(0)
  expect((await lab.call('POST', '/lesson-run/prediction', { choice: 3 })).status).toBe(409)
  await post('/lesson-run/actions')
  expect((await lab.call('POST', '/lesson-run/prediction', { choice: 1 })).status).toBe(409)
  expect((await lab.call('GET', '/progress')).json).toEqual([
    { lesson: 'small', steps: ['log-in', 'call'], predictions: { call: false }, completedAt: expect.any(Number) },
  ])
})

test('what the participant does in the workbench counts: the lesson notices, and says that it was by hand', async () => {
  await post('/lessons/small/start')
  await post('/clients/alice/requests', { method: 'GET', path: '/orders' })
  await post('/clients/alice/login')
  await until(({ steps }) => steps[0].state === 'done')
  expect((await runOf()).steps[0].actions[0]).toMatchObject({ by: 'participant', exchanges: [expect.any(String)] })
  await post('/lesson-run/next')
  await post('/clients/alice/requests', { method: 'GET', path: '/me' })
  await until(({ steps }) => steps[1].evidence.length === 1)
  expect((await runOf()).steps[1].actions[0].state).toBe('todo')
  await post('/clients/alice/requests', { method: 'GET', path: '/me' })
  await until(({ steps }) => steps[1].state === 'done')
})

test('a request that came in between makes the checkpoint fail; the step, reset, runs as it should', async () => {
  await post('/lessons/small/start', { step: 'call' })
  await post('/clients/alice/requests', { method: 'GET', path: '/orders' })
  expect((await post('/lesson-run/actions')).steps[1]).toMatchObject({
    state: 'open',
    checks: [{ isHeld: false, found: 'allowed, unknown-session' }],
  })
  expect((await post('/lesson-run/reset-step')).steps).toMatchObject([{ state: 'done' }, { state: 'open', evidence: [] }])
  expect((await post('/lesson-run/actions')).steps[1].state).toBe('done')
})

test('an action that cannot be done says why, and can be tried again', async () => {
  await post('/lessons/small/start')
  await lab.call('DELETE', '/clients/alice')
  expect((await post('/lesson-run/actions')).steps[0].actions[0]).toMatchObject({ state: 'failed', problem: 'There is no client alice.' })
  await post('/lesson-run/reset-step')
  expect((await post('/lesson-run/actions')).steps[0].state).toBe('done')
})

test('leaving in the middle of a step gives the lab back as it was, and leaves no folder of the lesson behind', async () => {
  await makeDirty(lab)
  const before = await stateOf(lab)
  await post('/lessons/small/start')
  expect((await lab.call('GET', '/nodes')).json).toHaveLength(2)
  await post('/lesson-run/actions')
  await lab.call('POST', '/keys/rotate', { emergency: true })
  await lab.call('PUT', '/clock', { offsetMs: 86_400_000 })
  await lab.call('DELETE', '/accounts/bob/sessions')
  expect(readdirSync(folder).some((name) => name.startsWith('lesson-lab-'))).toBe(true)
  await lab.call('POST', '/lesson-run/leave')
  expect(await stateOf(lab)).toEqual(before)
  expect(await runOf()).toBeNull()
  expect(readdirSync(folder).some((name) => name.startsWith('lesson-lab-'))).toBe(false)
})

test('while a lesson is under way no other one begins, and none is run; a reset leaves it and resets the operator’s lab', async () => {
  await lab.call('PATCH', '/accounts/bob', { role: 'admin' })
  await post('/lessons/small/start')
  for (const path of ['/lessons/small/start', '/lessons/what-a-jwt-is/run']) {
    const { status, json } = await lab.call('POST', path, {})
    expect([status, json.message]).toEqual([409, 'The lesson small is under way: leave it first.'])
  }
  const { json } = await lab.call('POST', '/lab/reset')
  expect(json.lesson).toBeNull()
  expect(json.accounts.find(({ name }: { name: string }) => name === 'bob').role).toBe('user')
  expect((await lab.call('POST', '/lesson-run/actions')).status).toBe(409)
})

test('a lab that is closed in the middle of a lesson starts again as the operator’s; progress is kept', async () => {
  await lab.call('PATCH', '/accounts/bob', { role: 'admin' })
  const { kid } = (await lab.call('GET', '/keys')).json.keys[0]
  await post('/lessons/small/start')
  await post('/lesson-run/actions')
  await lab.close()
  lab = await startTestLab([], folder)
  expect((await lab.call('GET', '/keys')).json.keys[0].kid).toBe(kid)
  expect((await lab.call('GET', '/accounts')).json.find(({ name }: { name: string }) => name === 'bob').role).toBe('admin')
  expect((await lab.call('GET', '/progress')).json).toMatchObject([{ lesson: 'small', steps: ['log-in'], completedAt: null }])
  const own = [{ lesson: 'small', steps: [], predictions: {}, completedAt: null }]
  expect((await lab.call('PUT', '/progress', { lessons: own })).json).toEqual(own)
})

/** What the event stream says after a number, until it says this. */
async function eventsSince(seq: number, until: string): Promise<string> {
  const stop = new AbortController()
  const headers = { Authorization: `Bearer ${lab.lab.token}` }
  const { body } = await fetch(`${lab.lab.apiUrl}/events?since=${seq}`, { headers, signal: stop.signal })
  let text = ''
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes(until)) break
  }
  stop.abort()
  return text
}

test('whoever follows the events learns that another lab is in front, how the lesson stands, and that it was left', async () => {
  const { seq } = (await lab.call('GET', '/lab')).json
  await post('/lessons/small/start')
  await post('/lesson-run/actions')
  const state = (await lab.call('GET', '/lab')).json
  expect(state.lesson.steps[0].state).toBe('done')
  expect(state.clients.map(({ id }: { id: string }) => id)).toEqual(['alice'])
  await lab.call('POST', '/lesson-run/leave')
  const text = await eventsSince(seq, '"run":null')
  expect(text).toContain('"type":"resync"')
  expect(text).toContain('"type":"lesson","run":{"lesson":"small"')
})
