import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMPARED, type Compared, type ComparedCells, type ComparisonRun, KEPT_RUNS } from '../../src/contract/comparison.ts'
import { makeDirty, stateOf } from '../lessons/lab-state.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'

const cellsOf = (run: ComparisonRun, compared: Compared): ComparedCells => {
  const cells = run.cells[compared]
  if (!cells) throw new Error(`The run measured no ${compared}.`)
  return cells
}

/** What a run says, without how long anything took and which exchange it was. */
const verdictsOf = (run: ComparisonRun) =>
  COMPARED.map((compared) => {
    const { storage, scaling, revocation, exposure, fits } = cellsOf(run, compared)
    return {
      compared,
      tables: storage.tables.map(({ table, rows }) => [table, rows]),
      scaling: [scaling.calls, scaling.sound.refused, scaling.broken.refused, scaling.broken.verdict],
      revocation: [revocation.replays, revocation.accepted, revocation.verdict, revocation.firstRefusedMs === null],
      exposure: [exposure.tries, exposure.letIn, exposure.firstLetIn, exposure.verdict, exposure.afterRotation],
      fits: [fits.calls, fits.storeReads],
    }
  })

describe('the comparison, measured by real requests on a lab of its own', () => {
  let lab: TestLab
  let first: ComparisonRun
  let second: ComparisonRun
  let before: Awaited<ReturnType<typeof stateOf>>
  beforeAll(async () => {
    lab = await startTestLab()
    await makeDirty(lab)
    before = await stateOf(lab)
    first = (await lab.call('POST', '/comparison/run')).json
    second = (await lab.call('POST', '/comparison/run', { like: first.id })).json
  })
  afterAll(() => lab.close())

  test('two runs come to the same verdicts', () => {
    expect(second.id).not.toBe(first.id)
    expect(verdictsOf(second)).toEqual(verdictsOf(first))
  })

  test("the operator's lab is as before, and its traffic got nothing of the run", async () => {
    expect(await stateOf(lab)).toEqual(before)
    const clients = ((await lab.call('GET', '/exchange-summaries?limit=5000')).json as { client: string | null }[]).map(
      ({ client }) => client,
    )
    expect(clients).not.toContain('jwt-denylist')
  })

  test('a session is a row on the server; an access token is none, but its refresh token is', () => {
    expect(cellsOf(first, 'session').storage.tables).toContainEqual(expect.objectContaining({ table: 'sessions', rows: 1 }))
    for (const jwt of ['jwt-bearer', 'jwt-cookie', 'jwt-denylist'] as const) {
      const { tables, refreshBytes } = cellsOf(first, jwt).storage
      expect(tables.map(({ table }) => table)).toEqual(expect.arrayContaining(['refresh_families', 'refresh_tokens']))
      expect(tables.map(({ table }) => table)).not.toContain('sessions')
      expect(refreshBytes).toBeGreaterThan(0)
    }
  })

  test('sessions in the memory of each of three nodes are refused by the other two; keys that one node missed, by that one', () => {
    const { calls, sound, broken } = cellsOf(first, 'session').scaling
    expect([sound.refused, broken.refused / calls, broken.verdict]).toEqual([0, 2 / 3, 'unknown-session'])
    for (const jwt of ['jwt-bearer', 'jwt-cookie', 'jwt-denylist'] as const) {
      const { scaling } = cellsOf(first, jwt)
      expect([scaling.sound.refused, scaling.broken.refused / scaling.calls, scaling.broken.verdict]).toEqual([0, 1 / 3, 'unknown-key'])
    }
  })

  test('after logout a session and a listed token are refused at once; a token alone is accepted until its exp, and no longer', () => {
    expect(cellsOf(first, 'session').revocation).toMatchObject({ accepted: 0, acceptedForMs: 0, verdict: 'unknown-session' })
    expect(cellsOf(first, 'jwt-denylist').revocation).toMatchObject({ accepted: 0, acceptedForMs: 0, verdict: 'token-revoked' })
    const ttlMs = first.settings.lifetimes.accessToken * 1000
    for (const jwt of ['jwt-bearer', 'jwt-cookie'] as const) {
      const { replays, accepted, acceptedForMs, verdict, firstRefusedMs } = cellsOf(first, jwt).revocation
      expect([accepted, verdict, firstRefusedMs]).toEqual([replays, 'token-expired', null])
      expect(acceptedForMs).toBeGreaterThan(ttlMs - 5000)
      expect(acceptedForMs).toBeLessThanOrEqual(ttlMs)
    }
  })

  test('who has the cookie secret must still guess a live id; who has the signing key is admin at the first try', () => {
    const session = cellsOf(first, 'session').exposure
    expect(session).toMatchObject({ secret: 'cookie-secret', letIn: 0, firstLetIn: null, verdict: 'unknown-session' })
    expect(session.tries).toBeGreaterThan(100)
    expect(session.afterRotation).toEqual({ forged: 'bad-cookie-signature', genuine: 'bad-cookie-signature' })
    for (const jwt of ['jwt-bearer', 'jwt-cookie', 'jwt-denylist'] as const) {
      const { exposure } = cellsOf(first, jwt)
      expect(exposure).toMatchObject({ secret: 'signing-key', letIn: exposure.tries, firstLetIn: 1 })
      expect(exposure.afterRotation).toEqual({ forged: 'unknown-key', genuine: 'unknown-key' })
    }
  })

  test('a session and a denylist cost a read of the store on each request, a token alone none', () => {
    const reads = COMPARED.map((compared) => cellsOf(first, compared).fits.storeReads)
    expect(reads).toEqual([1, 0, 0, 1])
  })

  test('every exchange that a figure was read from can be opened whole', async () => {
    for (const compared of COMPARED) {
      const { storage, scaling, revocation, exposure, fits } = cellsOf(first, compared)
      const lists = [storage, scaling.sound, scaling.broken, revocation, exposure, fits].map(({ exchanges }) => exchanges)
      for (const list of lists) {
        expect(list.length).toBeGreaterThan(0)
        const { status, json } = await lab.call('GET', `/comparison/runs/${first.id}/exchanges/${list.at(-1)}`)
        expect(status).toBe(200)
        expect(json.steps.length).toBeGreaterThan(0)
      }
    }
  })

  test('an exchange or a run that is not there is an error that says so', async () => {
    expect((await lab.call('GET', `/comparison/runs/${first.id}/exchanges/999999-abcdef`)).status).toBe(404)
    expect((await lab.call('GET', '/comparison/runs/19990101')).status).toBe(404)
    expect((await lab.call('POST', '/comparison/run', { mechanisms: ['saml'] })).status).toBe(400)
  })

  test('a second run is refused while one is measured, and a run of one mechanism measures that alone', async () => {
    const running = lab.call('POST', '/comparison/run', { mechanisms: ['jwt-bearer'] })
    const refused = await lab.call('POST', '/comparison/run')
    expect(refused.status).toBe(409)
    const { json } = await running
    expect(Object.keys(json.cells)).toEqual(['jwt-bearer'])
    expect((await lab.call('GET', '/comparison')).json).toEqual(json)
  })

  test('nothing of the measured lab stays in the data folder but the run and its traffic', () => {
    const { dataDir } = lab.lab
    expect(readdirSync(dataDir).filter((name) => name.startsWith('comparison-lab-'))).toEqual([])
    const kept = readdirSync(join(dataDir, 'comparisons'))
    expect(kept.filter((name) => name.endsWith('.db')).length).toBe(kept.filter((name) => name.endsWith('.json')).length)
    expect(kept.length).toBeLessThanOrEqual(2 * KEPT_RUNS)
  })
})

test('a run and its requests can be opened after a restart and after a reset, by the owner of the files alone', async () => {
  const folder = newFolder()
  const before = await startTestLab([], folder)
  const run: ComparisonRun = (await before.call('POST', '/comparison/run', { mechanisms: ['session'] })).json
  await before.close()
  const lab = await startTestLab([], folder)
  await lab.call('POST', '/lab/reset')
  expect((await lab.call('GET', '/comparison')).json).toEqual(run)
  expect((await lab.call('GET', '/comparison/runs')).json).toMatchObject([{ id: run.id, settings: run.settings }])
  const [exchange] = cellsOf(run, 'session').revocation.exchanges
  expect((await lab.call('GET', `/comparison/runs/${run.id}/exchanges/${exchange}`)).json).toMatchObject({ id: exchange, path: '/me' })
  for (const name of readdirSync(join(folder, 'comparisons')).filter((file) => /\.(db|json)$/.test(file))) {
    expect((statSync(join(folder, 'comparisons', name)).mode & 0o777).toString(8)).toBe('600')
  }
  await lab.close()
  rmSync(folder, { recursive: true })
})
