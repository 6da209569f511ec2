import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildWhenStale } from '../../scripts/build-when-stale.ts'
import type { ExchangeSummary } from '../../src/contract/exchanges.ts'
import type { Ready } from '../../src/server/running-lab.ts'
import { BUILT_CLI, type CliProcess, flagsFor, runCli } from '../support/cli-process.ts'
import { newFolder, send } from '../support/start-lab.ts'
import { Acknowledged } from './acknowledged.ts'

const FOLDERS = 4
const KILLS_PER_FOLDER = 25

beforeAll(async () => {
  if (!(await buildWhenStale())) throw new Error('there is no good build to kill')
}, 120_000)

const temporary = (): string => {
  const folder = newFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const statusWith = async (lab: Ready, cookie: string): Promise<number> =>
  (await send(`${lab.balancer}/session`, { headers: { cookie } })).status

const logInStatus = async (lab: Ready, password: string): Promise<number> =>
  (
    await send(`${lab.balancer}/session`, {
      method: 'POST',
      body: { username: 'mallory', password },
      headers: { 'Content-Type': 'application/json' },
    })
  ).status

/** Cookies that are not answered with that status. */
const notAnswered = async (lab: Ready, cookies: Iterable<string>, status: number): Promise<string[]> => {
  const wrong: string[] = []
  for (const cookie of cookies) if ((await statusWith(lab, cookie)) !== status) wrong.push(cookie)
  return wrong
}

/** What is wrong with the pages, as another process sees it that reads while the lab runs. */
const integrityOf = (folder: string): unknown[] =>
  ['target.db', 'lab.db'].map((name) => {
    const database = new Database(join(folder, name), { readonly: true, timeout: 5000 })
    const found = database.pragma('integrity_check', { simple: true })
    database.close()
    return found
  })

const expectPassword = async (lab: Ready, known: Acknowledged): Promise<void> => {
  const old = known.oldPasswords.at(-1)
  if (old !== undefined) expect(await logInStatus(lab, old)).toBe(401)
  const good: string[] = []
  for (const password of known.passwords) if ((await logInStatus(lab, password)) === 200) good.push(password)
  expect(good).toHaveLength(1)
  if (known.passwords[0] !== good[0]) known.oldPasswords.push(...known.passwords.slice(0, 1))
  known.passwords = good
}

const expectTraffic = async (lab: Ready, known: Acknowledged): Promise<void> => {
  const headers = { Authorization: `Bearer ${lab.token}` }
  const { json } = await send(`${lab.api}/exchange-summaries?limit=5000`, { headers })
  const stored = new Map((json as ExchangeSummary[]).map(({ id, seq, path, status, verdict }) => [seq, { id, seq, path, status, verdict }]))
  expect([...known.exchanges.values()].filter((listed) => JSON.stringify(stored.get(listed.seq)) !== JSON.stringify(listed))).toEqual([])
}

/** Everything that was answered in this folder is so. @param checked what need not be asked again; what is asked now joins it */
const expectKept = async (lab: Ready, known: Acknowledged, checked: Set<string>): Promise<void> => {
  for (const [cookies, status] of [
    [known.live.keys(), 200],
    [known.ended, 401],
  ] as const) {
    const unchecked = [...cookies].filter((cookie) => !checked.has(`${status} ${cookie}`))
    expect(await notAnswered(lab, unchecked, status)).toEqual([])
    for (const cookie of unchecked) checked.add(`${status} ${cookie}`)
  }
  await expectPassword(lab, known)
  await expectTraffic(lab, known)
}

const start = async (folder: string, cache: string): Promise<{ process: CliProcess; lab: Ready }> => {
  const process = runCli(flagsFor(folder), { NODE_COMPILE_CACHE: cache }, BUILT_CLI)
  onTestFinished(() => void process.child.kill('SIGKILL'))
  const lab = await process.ready
  const state = await send(`${lab.api}/lab`, { headers: { Authorization: `Bearer ${lab.token}` } })
  expect(state.json.notices).toEqual([])
  expect(integrityOf(folder)).toEqual(['ok', 'ok'])
  return { process, lab }
}

/** @param kill counts from 0; decides how many answers the lab gives before it dies. */
const runAndKill = async ({ process, lab }: Awaited<ReturnType<typeof start>>, known: Acknowledged, kill: number): Promise<void> => {
  const answersBeforeKill = kill % 5 === 4 ? 16 : 1 + (kill % 4)
  await known.visitUntilKilled(lab, (count) => {
    if (count === answersBeforeKill) process.child.kill('SIGKILL')
  })
  expect(await process.ended).toMatchObject({ code: null, signal: 'SIGKILL', stderr: '' })
}

const stop = async ({ child, ended }: CliProcess): Promise<void> => {
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
}

test(`after each of ${FOLDERS * KILLS_PER_FOLDER} labs killed by SIGKILL under load the next starts, and all that was answered is so`, async () => {
  const cache = temporary()
  // A process that is killed leaves no compiled code for the next, so one ends in peace first.
  await stop((await start(temporary(), cache)).process)
  const inFolder = async (): Promise<Acknowledged> => {
    const folder = temporary()
    const known = new Acknowledged()
    const checked = new Set<string>()
    for (let kill = 0; kill < KILLS_PER_FOLDER; kill++) {
      const running = await start(folder, cache)
      await expectKept(running.lab, known, checked)
      await runAndKill(running, known, kill)
    }
    const last = await start(folder, cache)
    await expectKept(last.lab, known, new Set())
    await stop(last.process)
    return known
  }
  const all = await Promise.all(Array.from({ length: FOLDERS }, inFolder))
  const count = (what: (known: Acknowledged) => number): number => all.reduce((sum, known) => sum + what(known), 0)
  for (const what of [count(({ live }) => live.size), count(({ ended }) => ended.size), count(({ exchanges }) => exchanges.size)])
    expect(what).toBeGreaterThan(30)
  expect(count(({ oldPasswords }) => oldPasswords.length)).toBeGreaterThan(4)
}, 300_000)
