import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildWhenStale } from '../../scripts/build-when-stale.ts'
import type { Checkpoint } from '../../src/contract/snapshot.ts'
import type { Ready } from '../../src/server/running-lab.ts'
import { BUILT_CLI, type CliProcess, flagsFor, runCli } from '../support/cli-process.ts'
import { newFolder, send } from '../support/start-lab.ts'

/** Exchanges of the snapshot: so many that each part of a restore takes long enough to be hit. */
const EXCHANGES = 6000

beforeAll(async () => {
  if (!(await buildWhenStale())) throw new Error('there is no good build to kill')
}, 120_000)

const temporary = (): string => {
  const folder = newFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const run = (folder: string): CliProcess => {
  const process = runCli(flagsFor(folder), {}, BUILT_CLI)
  onTestFinished(() => void process.child.kill('SIGKILL'))
  return process
}

const stop = async ({ child, ended }: CliProcess): Promise<void> => {
  child.kill('SIGTERM')
  await ended
}

const authorized = (lab: Ready) => ({ Authorization: `Bearer ${lab.token}` })
const json = { 'Content-Type': 'application/json' }

/** A session and a token that a lab has given. */
interface Side {
  readonly cookie: string
  readonly token: string
}

async function logIn(lab: Ready, username: string): Promise<Side> {
  const body = { username, password: `${username}-pass` }
  const session = await send(`${lab.balancer}/session`, { method: 'POST', body, headers: json })
  const form = new URLSearchParams({ grant_type: 'password', ...body }).toString()
  const formed = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const tokens = await send(`${lab.balancer}/token`, { method: 'POST', body: form, headers: formed })
  return { cookie: session.headers['set-cookie']?.[0]?.split(';')[0] ?? '', token: tokens.json.access_token }
}

const statuses = async (lab: Ready, { cookie, token }: Side): Promise<number[]> => {
  const bySession = await send(`${lab.balancer}/me`, { headers: { cookie } })
  const byToken = await send(`${lab.balancer}/me`, { headers: { authorization: `Bearer ${token}` } })
  return [bySession.status, byToken.status]
}

/** A snapshot of another lab, with a session and a token that are good in it, and much traffic. */
async function makeSnapshot(): Promise<{ contents: Uint8Array<ArrayBuffer>; after: Side }> {
  const folder = temporary()
  const process = run(folder)
  const lab = await process.ready
  const after = await logIn(lab, 'bob')
  const answer = await fetch(`${lab.api}/lab/snapshot`, { headers: authorized(lab) })
  const file = join(folder, 'snapshot')
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  await stop(process)
  const database = new Database(file)
  const more = `WITH RECURSIVE n(seq) AS (SELECT 1000 UNION ALL SELECT seq + 1 FROM n WHERE seq < ${EXCHANGES + 999})`
  const copy = (table: string, columns: string): void =>
    void database.exec(`INSERT INTO lab_${table} (seq, ${columns}) ${more} SELECT n.seq, ${columns} FROM n, lab_${table} t WHERE t.seq = 1`)
  for (const table of ['exchanges', 'exchange_messages']) {
    const columns = database.prepare("SELECT name FROM pragma_table_info(?) WHERE name <> 'seq'").pluck().all(`lab_${table}`) as string[]
    copy(table, columns.map((name) => `t.${name}`.slice(2)).join())
  }
  database.close()
  return { contents: new Uint8Array(readFileSync(file)), after }
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0)

/** What the folder shows of a restore under way. */
class Seen {
  readonly #folder: string
  readonly #keys: string
  readonly #target: number

  constructor(folder: string) {
    this.#folder = folder
    this.#keys = this.#content('keys.json')
    this.#target = statSync(join(folder, 'target.db')).ino
  }

  staged(name: string): number {
    const staging = readdirSync(this.#folder).find((entry) => entry.startsWith('restore-'))
    return staging === undefined ? 0 : sizeOf(join(this.#folder, staging, name))
  }

  get isStaging(): boolean {
    return readdirSync(this.#folder).some((entry) => entry.startsWith('restore-'))
  }

  isUndoBegun(): boolean {
    return readdirSync(join(this.#folder, 'checkpoints')).some((name) => name.endsWith('.new'))
  }

  get state(): string | null {
    const text = this.#content('restoring.json')
    return text === '' ? null : JSON.parse(text).state
  }

  get hasNewKeys(): boolean {
    return this.#content('keys.json') !== this.#keys
  }

  /** Another file is in the place of the target's database. */
  get isTargetAnother(): boolean {
    return statSync(join(this.#folder, 'target.db')).ino !== this.#target
  }

  logOf(database: string): number {
    return sizeOf(join(this.#folder, `${database}-wal`))
  }

  #content(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), 'utf8')
    } catch {
      return ''
    }
  }
}

/** Resolves when it is so, or the process has ended. Each turn looks again: what is waited for may last a millisecond. */
async function until(isSo: () => boolean, process: CliProcess): Promise<void> {
  while (process.child.exitCode === null && process.child.signalCode === null && !isSo()) await nextTurn()
}

const integrityOf = (folder: string): unknown[] =>
  ['target.db', 'lab.db'].map((name) => {
    const database = new Database(join(folder, name), { readonly: true, timeout: 5000 })
    try {
      return database.pragma('integrity_check', { simple: true })
    } finally {
      database.close()
    }
  })

interface Moment {
  readonly name: string
  isNow(seen: Seen): boolean
  /** The start after that is killed, too, when it is so; absent: it is not. */
  isStartKilled?(seen: Seen): boolean
  /** What the folder has to say then; else the moment was missed. */
  readonly state: 'changing' | 'changed' | null
  readonly found: 'before' | 'after'
  readonly notices: readonly string[]
}

const UNBEGUN = { state: null, found: 'before', notices: [] } as const
const UNDONE = { state: 'changing', found: 'before', notices: ['restore-undone'] } as const
const FINISHED = { state: 'changed', found: 'after', notices: ['restore-finished'] } as const
const isTrafficChanging = (seen: Seen): boolean => seen.state === 'changing' && seen.logOf('lab.db') > 5_000_000

const MOMENTS: readonly Moment[] = [
  { name: 'while the file comes in', isNow: (seen) => seen.staged('incoming') > 0, ...UNBEGUN },
  { name: 'while it is laid out', isNow: (seen) => seen.staged('wanted/lab.db') > 1_000_000, ...UNBEGUN },
  { name: 'while the lab of before is kept', isNow: (seen) => seen.isUndoBegun(), ...UNBEGUN },
  { name: 'before anything is changed', isNow: (seen) => seen.state === 'changing', ...UNDONE },
  { name: 'when the keys are changed', isNow: (seen) => seen.state === 'changing' && seen.hasNewKeys, ...UNDONE },
  { name: 'while the traffic is changed', isNow: isTrafficChanging, ...UNDONE },
  {
    name: 'and again while that is undone',
    isNow: isTrafficChanging,
    isStartKilled: (seen) => seen.isStaging,
    ...UNDONE,
  },
  { name: 'and again when one database is back', isNow: isTrafficChanging, isStartKilled: (seen) => seen.isTargetAnother, ...UNDONE },
  { name: 'when everything is changed', isNow: (seen) => seen.state === 'changed', ...FINISHED },
]

/** How often a moment is tried: some last a millisecond. */
const ATTEMPTS = 8

const kill = async (process: CliProcess, isNow: () => boolean): Promise<void> => {
  await until(isNow, process)
  process.child.kill('SIGKILL')
  expect((await process.ended).signal).toBe('SIGKILL')
}

const stateOf = async (lab: Ready) => (await send(`${lab.api}/lab`, { headers: authorized(lab) })).json

/** A lab that was killed at this moment of a restore; null when the moment was missed. */
async function killAt({ isNow, isStartKilled, state }: Moment, contents: Uint8Array<ArrayBuffer>) {
  const folder = temporary()
  const process = run(folder)
  const lab = await process.ready
  const before = await logIn(lab, 'alice')
  const { keyring, recording } = await stateOf(lab)
  const seen = new Seen(folder)
  const restoring = fetch(`${lab.api}/lab/restore`, { method: 'POST', headers: authorized(lab), body: contents }).catch(() => null)
  let isOver = false
  void restoring.then(() => {
    isOver = true
  })
  await kill(process, () => isOver || isNow(seen))
  await restoring
  if (seen.state !== state) return null
  if (isStartKilled) {
    const again = new Seen(folder)
    const starting = run(folder)
    let isReady = false
    void starting.ready.then(
      () => {
        isReady = true
      },
      () => undefined,
    )
    await kill(starting, () => isReady || isStartKilled(again))
    if (seen.state !== state) return null
  }
  return { folder, before, keyId: keyring.keys[0].kid, count: recording.count }
}

async function killWhen(moment: Moment, contents: Uint8Array<ArrayBuffer>) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const killed = await killAt(moment, contents)
    if (killed) return killed
  }
  throw new Error(`${moment.name}: missed ${ATTEMPTS} times`)
}

let snapshot: { contents: Uint8Array<ArrayBuffer>; after: Side }

test.each(MOMENTS)(
  'a lab killed by SIGKILL $name is wholly the one or the other after the next start: $found',
  async (moment) => {
    snapshot ??= await makeSnapshot()
    const { contents, after } = snapshot
    const { folder, before, keyId, count } = await killWhen(moment, contents)
    const process = run(folder)
    const lab = await process.ready
    const { notices, keyring, recording } = await stateOf(lab)
    expect(notices.map(({ code }: { code: string }) => code)).toEqual(moment.notices)
    expect(integrityOf(folder)).toEqual(['ok', 'ok'])
    const [good, refused] = [
      [200, 200],
      [401, 401],
    ]
    const isBefore = moment.found === 'before'
    expect([await statuses(lab, before), await statuses(lab, after)]).toEqual(isBefore ? [good, refused] : [refused, good])
    expect(keyring.keys[0].kid === keyId).toBe(isBefore)
    expect(recording.count).toBe(isBefore ? count : count + EXCHANGES)
    const checkpoints: Checkpoint[] = (await send(`${lab.api}/checkpoints`, { headers: authorized(lab) })).json
    expect(checkpoints).toHaveLength(moment.state === null ? 0 : 1)
    expect(readdirSync(folder).filter((name) => name.startsWith('restor'))).toEqual([])
    await stop(process)
  },
  300_000,
)
