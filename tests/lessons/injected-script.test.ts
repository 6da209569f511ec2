import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestLab, type TestLab } from '../support/start-lab.ts'

const LESSON = 'where-to-keep-a-token'
const AS_PAGE = { method: 'GET', path: '/transfers', headers: [['Accept', 'text/html']] }
const SCRIPT = '<script>steal()</script>'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab(['--nodes', '1'])
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lesson-run/leave')
  expect((await lab.call('POST', `/lessons/${LESSON}/start`, { step: 'injected-script' })).status).toBeLessThan(300)
})

const runOf = async () => (await lab.call('GET', '/lab')).json.lesson
const current = async () => {
  const { steps, current } = await runOf()
  return steps[current]
}
const act = async (times: number): Promise<void> => {
  for (let done = 0; done < times; done++) await lab.call('POST', '/lesson-run/actions')
}
const request = (client: string, order: object) => lab.call('POST', `/clients/${client}/requests`, order)
const send = (client: string, memo: string) =>
  request(client, { method: 'POST', path: '/transfer', body: JSON.stringify({ to: 'alice', amountCents: 1, memo }) })
const actionsDone = async (): Promise<number> => (await current()).actions.filter(({ state }: { state: string }) => state === 'done').length

test('every action of the step can be done by hand in the workbench, and the lesson notices each', async () => {
  const byHand: (() => Promise<unknown>)[] = [
    () => lab.call('PATCH', '/weaknesses', { 'stored-xss': true }),
    () => lab.call('PATCH', '/weaknesses', { 'token-in-web-storage': true }),
    () => lab.call('POST', '/clients/mallory/login'),
    () => send('mallory', SCRIPT),
    () => request('script', AS_PAGE),
    () => send('script', ''),
  ]
  for (const [index, doIt] of byHand.entries()) {
    await doIt()
    await expect.poll(actionsDone, { timeout: 10_000 }).toBe(index + 1)
  }
  expect((await current()).actions.slice(0, 6).map(({ by }: { by: string }) => by)).toEqual(Array(6).fill('participant'))
})

test('a weakness that goes the other way, or another one, is not the action that the step asks for', async () => {
  await lab.call('PATCH', '/weaknesses', { 'token-in-web-storage': true })
  await lab.call('PATCH', '/weaknesses', { 'token-in-web-storage': false })
  await lab.call('PATCH', '/weaknesses', { 'stored-xss': true })
  await expect.poll(actionsDone, { timeout: 10_000 }).toBe(1)
  expect((await current()).actions[1].state).toBe('todo')
})

test('the script sends nothing when the memo was encoded', async () => {
  await lab.call('POST', '/lesson-run/leave')
  await lab.call('POST', `/lessons/${LESSON}/start`, { step: 'encoded' })
  await act(4)
  const { actions, state, checks } = await current()
  expect([actions[3].state, actions[3].exchanges, state]).toEqual(['done', [], 'done'])
  expect(checks.every(({ isHeld }: { isHeld: boolean }) => isHeld)).toBe(true)
})

test('without token-in-web-storage the page of a client that holds its token in script has none to read: the action fails and says so', async () => {
  await act(5)
  await lab.call('PATCH', '/weaknesses', { 'token-in-web-storage': false })
  await act(1)
  expect((await current()).actions[5]).toMatchObject({
    state: 'failed',
    exchanges: [],
    problem: 'The portal keeps no token while the weakness token-in-web-storage is off: switch it on first.',
  })
})

test('a memo without a script takes nothing: there is no token that Mallory could send, and the step is not done', async () => {
  await act(3)
  await send('mallory', 'Thanks for lunch!')
  await expect.poll(actionsDone, { timeout: 10_000 }).toBe(4)
  await act(4)
  const { actions, state } = await current()
  expect(actions[5]).toMatchObject({ state: 'done', exchanges: [] })
  expect(actions[7]).toMatchObject({ state: 'failed', problem: 'The answer that the token was to be taken from has none.' })
  expect(state).toBe('open')
})
