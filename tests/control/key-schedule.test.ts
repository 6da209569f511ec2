import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { MAX_LIVE_KEYS } from '../../src/contract/keys.ts'
import { newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'

/** As long as a token of an older key can be good: its lifetime, and the most leeway there is. */
const OVERLAP_S = 900 + 300
const SESSION_S = 43_200

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
  await lab.call('POST', '/clock/pause')
})

const keys = async () => (await lab.call('GET', '/keys')).json
const change = (wanted: Record<string, unknown>) => lab.call('PATCH', '/keys', wanted)
const rotate = (order?: Record<string, unknown>) => lab.call('POST', '/keys/rotate', order)
const states = async (): Promise<string[]> => (await keys()).keys.map(({ state }: { state: string }) => state)
const signers = async (): Promise<string[]> =>
  (await lab.call('GET', '/nodes')).json.map(({ signingKeyId }: { signingKeyId: string }) => signingKeyId)
const actions = async (): Promise<string[]> => (await lab.call('GET', '/lab')).json.actions.map(({ action }: { action: string }) => action)

/** Moves the lab clock on from where it stands. */
async function moveOn(seconds: number): Promise<void> {
  const { offsetMs } = (await lab.call('GET', '/clock')).json
  expect((await lab.call('PUT', '/clock', { offsetMs: Math.round(offsetMs) + seconds * 1000 })).status).toBe(200)
}

describe('a schedule', () => {
  test('makes a key when its time has come on the lab clock: when the move of the clock has answered, every node signs with it', async () => {
    const { json } = await change({ rotateEverySeconds: 600 })
    const { labTime } = (await lab.call('GET', '/clock')).json
    expect(json.rotation).toEqual({ everySeconds: 600, nextAt: labTime + 600_000 })
    await moveOn(590)
    expect(await states()).toEqual(['signing'])
    await moveOn(20)
    const after = await keys()
    expect(after.keys.map(({ state }: { state: string }) => state)).toEqual(['signing', 'verifying'])
    expect(await signers()).toEqual([after.keys[0].kid, after.keys[0].kid])
    const { actions: rows } = (await lab.call('GET', '/lab')).json
    expect(rows.at(-1)).toMatchObject({ action: 'key-rotated', params: { kid: after.keys[0].kid, scheduled: true, emergency: false } })
  })

  test('makes one key when the clock jumps over a hundred rotations, and the next is one period away', async () => {
    await change({ rotateEverySeconds: 600 })
    await moveOn(600 * 100)
    const { labTime } = (await lab.call('GET', '/clock')).json
    const after = await keys()
    expect(after.keys).toHaveLength(2)
    expect(after.rotation.nextAt - labTime).toBeGreaterThan(590_000)
    expect((await actions()).filter((action) => action === 'key-rotated')).toHaveLength(1)
  })

  test('waits no longer than one period when the clock is moved back', async () => {
    await moveOn(100_000)
    await change({ rotateEverySeconds: 600 })
    await moveOn(-100_000)
    const { labTime } = (await lab.call('GET', '/clock')).json
    expect((await keys()).rotation.nextAt).toBeLessThanOrEqual(labTime + 600_000)
  })

  test('starts anew with a rotation by hand, keeps the algorithm, and ends when it is taken away', async () => {
    await change({ rotateEverySeconds: 600, algorithm: 'ES256' })
    await moveOn(500)
    await rotate()
    await moveOn(500)
    expect((await keys()).keys).toHaveLength(3)
    await moveOn(110)
    expect((await keys()).keys.map(({ alg }: { alg: string }) => alg)).toEqual(['ES256', 'ES256', 'ES256', 'HS256'])
    expect((await change({ rotateEverySeconds: null })).json.rotation).toEqual({ everySeconds: null, nextAt: null })
    await moveOn(10_000)
    expect((await keys()).keys).toHaveLength(4)
  })

  test('goes by itself while the clock runs', async () => {
    await change({ rotateEverySeconds: 600 })
    await moveOn(599)
    await lab.call('POST', '/clock/pause', { paused: false })
    await expect.poll(states, { timeout: 5000, interval: 100 }).toEqual(['signing', 'verifying'])
  })

  test('is refused when more keys would verify at once than may, with what may be asked', async () => {
    const { status, json } = await change({ rotateEverySeconds: 79 })
    expect(status).toBe(409)
    expect(json.message).toContain('80 s or more')
    expect((await keys()).rotation.everySeconds).toBeNull()
    expect((await change({ rotateEverySeconds: 80 })).status).toBe(200)
  })

  test.each([0, 9, 1.5, -1, '600', 366 * 24 * 3600 + 1])('of %j seconds is refused with the field', async (rotateEverySeconds) => {
    const answer = await change({ rotateEverySeconds })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('rotateEverySeconds')])
  })

  test('outlives the lab, and what came due meanwhile is made up for at once', async () => {
    const folder = newFolder()
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const before = await startTestLab([], folder)
    await before.call('PUT', '/clock', { offsetMs: -3_600_000 })
    const { json } = await before.call('PATCH', '/keys', { rotateEverySeconds: 1800 })
    await before.close()
    // It starts in real time, an hour later.
    const after = await startTestLab([], folder)
    onTestFinished(() => after.close())
    const { keys: kept, rotation } = (await after.call('GET', '/keys')).json
    expect(kept.map(({ state }: { state: string }) => state)).toEqual(['signing', 'verifying'])
    expect(kept[1].kid).toBe(json.keys[0].kid)
    expect(rotation.everySeconds).toBe(1800)
    expect((await after.call('GET', '/nodes')).json[0].signingKeyId).toBe(kept[0].kid)
  })

  test('is gone after a reset', async () => {
    await change({ rotateEverySeconds: 600 })
    await lab.call('POST', '/lab/reset')
    expect((await keys()).rotation).toEqual({ everySeconds: null, nextAt: null })
  })
})

describe('an older key', () => {
  test('is retired by itself when no token of it can be good any more, at every node, and says before when that will be', async () => {
    const body = { grant_type: 'password', username: 'alice', password: 'alice-pass' }
    const headers = { 'Content-Type': 'application/json' }
    const { access_token: token } = (await send(`${lab.lab.balancerUrl}/token`, { method: 'POST', body, headers })).json
    const { json } = await rotate()
    const [, old] = json.keys
    const { labTime } = (await lab.call('GET', '/clock')).json
    expect(old).toMatchObject({ state: 'verifying', retiresAt: labTime + OVERLAP_S * 1000 })
    await moveOn(OVERLAP_S - 10)
    expect(await states()).toEqual(['signing', 'verifying'])
    await moveOn(20)
    expect((await keys()).keys[1]).toMatchObject({ kid: old.kid, state: 'retired', retiresAt: null })
    for (const node of (await lab.call('GET', '/nodes')).json) expect(node.verifyingKeyIds).toEqual([json.kid])
    const answer = await send(`${lab.lab.balancerUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })
    expect(answer.json.verdict).toBe('unknown-key')
    expect((await lab.call('GET', '/lab')).json.actions.at(-1)).toMatchObject({ action: 'key-retired', params: { kid: old.kid } })
  })
})

test('keys and cookie secrets verify as long as the longest lifetime that was in force while they signed', async () => {
  const spans = async () => {
    const { keys: list, cookieSecrets } = await keys()
    const { labTime } = (await lab.call('GET', '/clock')).json
    return [list[1].retiresAt - labTime, cookieSecrets[1].retiresAt - labTime].map((ms) => ms / 1000)
  }
  const live = (lifetimes: Record<string, number>) => lab.call('PATCH', '/cluster', { lifetimes })
  await live({ accessToken: 3600, sessionAbsolute: 100_000 })
  await live({ accessToken: 60, sessionAbsolute: 50_000 })
  await rotate()
  await rotate({ cookieSecret: true })
  expect(await spans()).toEqual([3600 + 300, 100_000])
  await rotate({ emergency: true })
  await rotate()
  await rotate({ cookieSecret: true })
  expect(await spans()).toEqual([60 + 300, 50_000])
})

test('an older cookie secret is forgotten by itself when no session of it can last any more', async () => {
  const { json } = await rotate({ cookieSecret: true })
  const [, old] = json.cookieSecrets
  const { labTime } = (await lab.call('GET', '/clock')).json
  expect(old.retiresAt).toBe(labTime + SESSION_S * 1000)
  await moveOn(SESSION_S - 10)
  expect((await keys()).cookieSecrets).toHaveLength(2)
  await moveOn(20)
  expect((await keys()).cookieSecrets).toMatchObject([{ id: json.cookieSecrets[0].id, retiresAt: null }])
  expect((await lab.call('GET', '/lab')).json.actions.at(-1)).toMatchObject({
    action: 'cookie-secret-retired',
    params: { secret: old.id },
  })
})

describe('the number of keys that verify', () => {
  test('is bounded: one more is refused with what to do, an emergency is not', async () => {
    for (let count = 1; count < MAX_LIVE_KEYS; count++) expect((await rotate()).status).toBe(200)
    const refused = [await rotate(), await change({ algorithm: 'RS256' })]
    expect(refused.map(({ status }) => status)).toEqual([409, 409])
    expect(refused[0]?.json.message).toContain('emergency')
    expect((await keys()).keys).toHaveLength(MAX_LIVE_KEYS)
    expect((await rotate({ emergency: true })).json.retired).toHaveLength(MAX_LIVE_KEYS)
    expect((await rotate()).status).toBe(200)
  })

  test('holds back a schedule until one of them is retired', async () => {
    await change({ rotateEverySeconds: 600 })
    for (let count = 1; count < MAX_LIVE_KEYS; count++) await rotate()
    const full = await keys()
    await moveOn(700)
    expect((await keys()).keys[0].kid).toBe(full.keys[0].kid)
    await moveOn(OVERLAP_S - 700)
    expect(await states()).toEqual(['signing', 'verifying', ...Array(MAX_LIVE_KEYS - 1).fill('retired')])
  })

  test('is bounded for cookie secrets, too', async () => {
    for (let count = 1; count < MAX_LIVE_KEYS; count++) expect((await rotate({ cookieSecret: true })).status).toBe(200)
    expect((await rotate({ cookieSecret: true })).status).toBe(409)
    expect((await rotate({ cookieSecret: true, emergency: true })).json.cookieSecrets).toHaveLength(1)
  })
})
