import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'

let labs: TestLab[]
let folder: string

beforeEach(() => {
  labs = []
  folder = mkdtempSync(join(tmpdir(), 'authlab-snapshot-'))
})
afterEach(async () => {
  await Promise.all(labs.map((lab) => lab.close()))
  rmSync(folder, { recursive: true, force: true })
})

const start = async (flags: string[] = []): Promise<TestLab> => {
  const lab = await startTestLab(flags)
  labs.push(lab)
  return lab
}

const authorized = ({ lab }: TestLab) => ({ Authorization: `Bearer ${lab.token}` })

const save = async (test: TestLab, query = ''): Promise<Buffer> => {
  const answer = await fetch(`${test.lab.apiUrl}/lab/snapshot${query}`, { headers: authorized(test) })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/vnd.authlab.snapshot')
  return Buffer.from(await answer.arrayBuffer())
}

const restore = async (test: TestLab, contents: Buffer) => {
  const body = new Uint8Array(contents)
  const answer = await fetch(`${test.lab.apiUrl}/lab/restore`, { method: 'POST', headers: authorized(test), body })
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return { status: answer.status, json: (await answer.json()) as any }
}

/** A snapshot, changed by hand. */
const altered = (contents: Buffer, change: (database: Database.Database) => void): Buffer => {
  const file = join(folder, 'altered')
  writeFileSync(file, contents)
  const database = new Database(file)
  change(database)
  database.close()
  return readFileSync(file)
}

const state = async (test: TestLab) => (await test.call('GET', '/lab')).json

const act = async (test: TestLab, path: string, body: unknown = {}): Promise<number> => {
  const { json } = await test.call('POST', path, body)
  return (await test.call('GET', `/exchanges/${json.exchanges[0]}`)).json.status
}

const clientWith = async (test: TestLab, mechanism: string, isAttacker = false): Promise<string> => {
  const clients = (await test.call('GET', '/clients')).json
  return clients.find(
    (client: { mechanism: string; isAttacker: boolean }) => client.mechanism === mechanism && client.isAttacker === isAttacker,
  ).id
}

/** A lab that has been worked with: two logins, settings, a moved clock, a node that is down. */
const busyLab = async (flags: string[] = []) => {
  const test = await start(flags)
  const hasTwo = !flags.includes('--nodes')
  const bySession = await clientWith(test, 'session')
  const byToken = await clientWith(test, 'jwt-bearer')
  await test.call('PUT', '/clock', { offsetMs: 3_600_000 })
  await test.call('PATCH', '/cluster', { revocation: 'denylist', lifetimes: { accessToken: 600 }, strategy: 'least-connections' })
  expect(await act(test, `/clients/${bySession}/login`)).toBe(200)
  expect(await act(test, `/clients/${byToken}/login`)).toBe(200)
  await test.call('PATCH', '/nodes/node-1', { clockSkewMs: 2000, latencyMs: 3 })
  if (hasTwo) await test.call('POST', '/nodes/node-2/kill')
  return { test, bySession, byToken }
}

describe('a snapshot in a fresh data folder', () => {
  test.each(['sqlite', 'memory'])('brings back sessions and tokens that were kept in %s: cookie and token go on', async (store) => {
    const { test, bySession, byToken } = await busyLab(['--store', store, '--nodes', '1'])
    const file = await save(test)
    const other = await start()
    const restored = await restore(other, file)
    expect(restored.status, JSON.stringify(restored.json)).toBe(200)
    expect(restored.json.leftOut).toEqual([])
    expect(await act(other, `/clients/${bySession}/requests`, { path: '/me' })).toBe(200)
    expect(await act(other, `/clients/${byToken}/requests`, { path: '/me' })).toBe(200)
    expect(await act(other, `/clients/${byToken}/refresh`)).toBe(200)
  })

  test('brings back clock, settings, nodes with their dials, keys, traffic, issued tokens and actions', async () => {
    const { test } = await busyLab()
    const before = await state(test)
    const tokens = (await test.call('GET', '/tokens')).json
    const other = await start()
    const labTime = (await state(test)).clock.labTime
    await restore(other, await save(test))
    const after = await state(other)
    expect(Math.abs(after.clock.labTime - labTime)).toBeLessThan(30_000)
    expect(after.clock.offsetMs).toBeGreaterThan(3_500_000)
    expect(after.cluster).toEqual(before.cluster)
    expect(after.keyring.keys).toEqual(before.keyring.keys)
    expect(after.exchanges).toEqual(before.exchanges)
    expect(after.actions.slice(0, before.actions.length)).toEqual(before.actions)
    expect(after.actions.at(-1).action).toBe('lab-restored')
    expect(after.sessions).toEqual(before.sessions)
    const dials = ({ nodes }: { nodes: Record<string, unknown>[] }) =>
      nodes.map(({ id, state, clockSkewMs, latencyMs }) => ({ id, state, clockSkewMs, latencyMs }))
    expect(dials(after)).toEqual(dials(before))
    expect((await other.call('GET', '/tokens')).json).toEqual(tokens)
    expect((await other.call('GET', `/exchanges/${before.exchanges[0].id}`)).json.steps.length).toBeGreaterThan(0)
  })

  test('outlives a restart', async () => {
    const { test, bySession } = await busyLab()
    const file = await save(test)
    const kept = newFolder()
    const first = await startTestLab([], kept)
    await restore(first, file)
    await first.close()
    const second = await startTestLab([], kept)
    try {
      expect((await state(second)).exchanges).toHaveLength((await state(test)).exchanges.length)
      expect((await second.call('GET', '/clients')).json.map(({ id }: { id: string }) => id)).toContain(bySession)
      expect((await state(second)).sessions).toHaveLength(1)
    } finally {
      await second.close()
      rmSync(kept, { recursive: true, force: true })
    }
  })

  test('of as many nodes with the same settings starts none again: each goes on at its port', async () => {
    const test = await start()
    const ports = async () => (await state(test)).nodes.map(({ id, port }: { id: string; port: number }) => [id, port])
    const before = await ports()
    expect((await restore(test, await save(test))).status).toBe(200)
    expect(await ports()).toEqual(before)
  })

  test('a paused clock stands at the same lab time', async () => {
    const test = await start()
    await test.call('POST', '/clock/pause')
    const { clock } = await state(test)
    const other = await start()
    await restore(other, await save(test))
    expect((await state(other)).clock).toMatchObject({ isPaused: true, labTime: clock.labTime })
  })

  test('new exchanges go on after those that were brought, under ids that were never given', async () => {
    const test = await start()
    const client = await clientWith(test, 'session')
    await act(test, `/clients/${client}/login`)
    const file = await save(test)
    await act(test, `/clients/${client}/requests`, { path: '/me' })
    const [, second] = (await state(test)).exchanges
    await restore(test, file)
    expect((await state(test)).exchanges).toHaveLength(1)
    await act(test, `/clients/${client}/requests`, { path: '/me' })
    const again = (await state(test)).exchanges[1]
    expect(again.seq).toBe(second.seq)
    expect(again.id).not.toBe(second.id)
    expect(again.verdict).toBe('allowed')
  })

  test('a frozen node stays at the keys it had, and a node with a cookie secret of its own keeps it', async () => {
    const test = await start()
    await test.call('PATCH', '/nodes/node-1', { jwksFrozen: true, ownCookieSecret: true })
    await test.call('POST', '/keys/rotate')
    const before = (await state(test)).nodes
    const other = await start()
    await restore(other, await save(test))
    const after = (await state(other)).nodes
    expect(after[0]).toMatchObject({ jwksFrozen: true, hasOwnCookieSecret: true, verifyingKeyIds: before[0].verifyingKeyIds })
    expect(after[1].verifyingKeyIds).toEqual(before[1].verifyingKeyIds)
    expect(after[1].verifyingKeyIds).not.toEqual(after[0].verifyingKeyIds)
  })
})

describe('a snapshot of before', () => {
  test('the stored one of version 1 opens', async () => {
    const stored = gunzipSync(readFileSync(new URL('./snapshot-v1.authlab.gz', import.meta.url)))
    const test = await start()
    const { status, json } = await restore(test, stored)
    expect(status, JSON.stringify(json)).toBe(200)
    expect((await test.call('GET', '/cluster')).json).toMatchObject({ revocation: 'denylist', strategy: 'least-connections' })
    const bySession = await clientWith(test, 'session')
    const byToken = await clientWith(test, 'jwt-bearer')
    expect(await act(test, `/clients/${bySession}/requests`, { path: '/me' })).toBe(200)
    expect(await act(test, `/clients/${byToken}/requests`, { path: '/me' })).toBe(200)
  })

  test('rows of the first schemas go through the migrations that a data folder goes through', async () => {
    const { test, bySession } = await busyLab()
    const contents = altered(await save(test), (database) => {
      for (const table of ['refresh_families', 'refresh_tokens', 'denied_tokens', 'account_marks', 'orders', 'transfers']) {
        database.exec(`DROP TABLE target_${table}`)
      }
      database.exec('DROP TABLE lab_credential_records')
      database.exec('ALTER TABLE target_sessions DROP COLUMN version; ALTER TABLE target_accounts DROP COLUMN password_changed_at')
      database.exec(`UPDATE snapshot SET value = '{"target":1,"lab":1}' WHERE name = 'schemas'`)
    })
    const other = await start()
    const { status, json } = await restore(other, contents)
    expect(status, JSON.stringify(json)).toBe(200)
    expect(await act(other, `/clients/${bySession}/requests`, { path: '/me' })).toBe(200)
    expect((await other.call('GET', '/tokens')).json).toEqual([])
  })
})

describe('a snapshot without secrets', () => {
  test('holds no cookie, no token, no key and no password hash', async () => {
    const { test, byToken } = await busyLab()
    const { vault } = (await test.call('GET', '/clients')).json.find(({ id }: { id: string }) => id === byToken)
    // As a script does that was injected into a page.
    const memo = vault.find(({ kind }: { kind: string }) => kind === 'access').token
    const body = JSON.stringify({ to: 'mallory', amountCents: 1, memo })
    expect(await act(test, `/clients/${byToken}/requests`, { method: 'POST', path: '/transfer', body })).toBe(201)
    const whole = (await save(test)).toString('latin1')
    const bare = (await save(test, '?secrets=without')).toString('latin1')
    const clients = (await test.call('GET', '/clients')).json
    const cookies: string[] = clients.flatMap(({ cookies }: { cookies: { value: string }[] }) => cookies.map(({ value }) => value))
    const tokens: string[] = clients.flatMap(({ vault }: { vault: { token: string }[] }) => vault.map(({ token }) => token))
    const secrets = [...cookies, ...tokens, '$argon2id$', 'tokenKeys', 'alice-pass', 'audit-secret']
    expect(cookies.length).toBeGreaterThan(0)
    expect(tokens.length).toBeGreaterThan(1)
    for (const secret of secrets) {
      expect(whole, secret).toContain(secret)
      expect(bare, secret).not.toContain(secret)
    }
  })

  test('opens with new keys, nobody logged in, and the passwords of the starting accounts', async () => {
    const { test, bySession, byToken } = await busyLab()
    const before = await state(test)
    const other = await start()
    const { status, json } = await restore(other, await save(test, '?secrets=without'))
    expect([status, json.from.hasSecrets]).toEqual([200, false])
    const after = await state(other)
    expect(after.exchanges).toHaveLength(before.exchanges.length)
    expect(after.sessions).toEqual([])
    expect(after.keyring.keys[0].kid).not.toBe(before.keyring.keys[0].kid)
    expect(await act(other, `/clients/${bySession}/requests`, { path: '/me' })).toBe(401)
    expect(await act(other, `/clients/${byToken}/login`)).toBe(200)
  })
})

describe('a file that is refused', () => {
  const refusals: [string, (contents: Buffer) => Buffer, RegExp][] = [
    ['is empty', () => Buffer.alloc(0), /no AuthLab snapshot/],
    ['is no database', () => Buffer.from('hello '.repeat(1000)), /no AuthLab snapshot/],
    ['is another database', () => altered(Buffer.alloc(0), (database) => database.exec('CREATE TABLE t (x)')), /no AuthLab snapshot/],
    ['is cut off', (contents) => contents.subarray(0, contents.length / 2), /damaged/],
    [
      'has a page of something else',
      (contents) => {
        const broken = Buffer.from(contents)
        broken.fill(0x5a, 4096 * 3, 4096 * 6)
        return broken
      },
      /damaged/,
    ],
    ['is of a newer format', (contents) => altered(contents, (database) => database.pragma('user_version = 2')), /newer AuthLab/],
    [
      'is of a newer schema',
      (contents) =>
        altered(contents, (database) => database.exec(`UPDATE snapshot SET value = '{"target":999,"lab":1}' WHERE name = 'schemas'`)),
      /newer AuthLab/,
    ],
    ['lacks a table', (contents) => altered(contents, (database) => database.exec('DROP TABLE target_orders')), /damaged/],
    [
      'brings a trigger along',
      (contents) =>
        altered(contents, (database) =>
          database.exec('CREATE TRIGGER t AFTER INSERT ON target_orders BEGIN DELETE FROM target_accounts; END'),
        ),
      /damaged/,
    ],
    [
      'brings a view in the place of a table',
      (contents) => altered(contents, (database) => database.exec('DROP TABLE target_orders; CREATE VIEW target_orders AS SELECT 1 AS id')),
      /damaged/,
    ],
    [
      'has a role that there is not',
      (contents) => altered(contents, (db) => db.exec("UPDATE target_accounts SET role = 'god'")),
      /damaged/,
    ],
    [
      'has a verdict that there is not',
      (contents) => altered(contents, (db) => db.exec("UPDATE lab_exchanges SET verdict = 'x'")),
      /damaged/,
    ],
    [
      'has steps that are no JSON',
      (contents) => altered(contents, (db) => db.exec("UPDATE lab_exchange_messages SET steps = '['")),
      /damaged/,
    ],
    [
      'has a password that takes all memory to check',
      (contents) =>
        altered(contents, (db) => db.exec("UPDATE target_accounts SET password_hash = replace(password_hash, 'm=19456', 'm=4194304')")),
      /damaged/,
    ],
    [
      'has an audit log that is none',
      (contents) => altered(contents, (db) => db.exec('INSERT INTO lab_credential_records VALUES (\'audit\', 99, \'{"kind":"x"}\')')),
      /damaged/,
    ],
    ['has lost its keys', (contents) => altered(contents, (db) => db.exec("DELETE FROM snapshot WHERE name = 'keys'")), /damaged/],
    [
      'asks for 1000 nodes',
      (contents) =>
        altered(contents, (db) =>
          db.exec(
            `UPDATE snapshot SET value = json_set(value, '$.nodes', json(replace(hex(zeroblob(500)), '00', '1'))) WHERE name = 'parts'`,
          ),
        ),
      /damaged/,
    ],
  ]
  test('leaves the lab as it was, with a sentence that says why', { timeout: 60_000 }, async () => {
    const { test } = await busyLab()
    const contents = await save(test)
    const before = await state(test)
    for (const [what, spoil, reason] of refusals) {
      const { status, json } = await restore(test, spoil(contents))
      expect([what, status, json.code], JSON.stringify(json)).toEqual([what, 400, 'BAD_REQUEST'])
      expect(json.message, what).toMatch(reason)
    }
    const after = await state(test)
    expect({ ...after, seq: 0, clock: 0, nodes: 0 }).toEqual({ ...before, seq: 0, clock: 0, nodes: 0 })
    expect((await test.call('GET', '/checkpoints')).json).toEqual([])
    await expect.poll(() => readdirSync(test.lab.dataDir).filter((name) => name.startsWith('restore-'))).toEqual([])
  })

  test('without the token nobody saves and nobody restores', async () => {
    const { lab } = await start()
    expect((await fetch(`${lab.apiUrl}/lab/snapshot`)).status).toBe(401)
    expect((await fetch(`${lab.apiUrl}/lab/restore`, { method: 'POST', body: 'x' })).status).toBe(401)
  })
})

test('a snapshot whose keys no node can work by is undone: sessions, tokens, clock and traffic are as before', async () => {
  const { test, bySession, byToken } = await busyLab()
  const before = await state(test)
  const contents = altered(await save(test), (database) => {
    const { records, nodes } = JSON.parse(database.prepare("SELECT value FROM snapshot WHERE name = 'keys'").pluck().get() as string)
    const broken = JSON.parse(records)
    broken.tokenKeys[0].jwk = { kty: 'oct' }
    database.prepare("UPDATE snapshot SET value = ? WHERE name = 'keys'").run(JSON.stringify({ records: JSON.stringify(broken), nodes }))
    database.exec('DELETE FROM target_sessions')
  })
  const { status, json } = await restore(test, contents)
  expect(status).toBe(500)
  expect(json.message).toMatch(/^The snapshot could not be taken .* The lab is as it was before\.$/)
  const after = await state(test)
  expect(after.sessions).toEqual(before.sessions)
  expect(after.exchanges).toEqual(before.exchanges)
  expect(after.cluster).toEqual(before.cluster)
  expect(await act(test, `/clients/${bySession}/requests`, { path: '/me' })).toBe(200)
  expect(await act(test, `/clients/${byToken}/requests`, { path: '/me' })).toBe(200)
})

test('a restore that broke off and whose checkpoint is gone is said so, once, and the lab starts', async () => {
  const kept = newFolder()
  try {
    writeFileSync(join(kept, 'restoring.json'), JSON.stringify({ undo: '0123456789abcdef', state: 'changing' }))
    const first = await startTestLab([], kept)
    expect((await state(first)).notices).toEqual([{ code: 'restore-not-undone', params: {} }])
    await first.close()
    const second = await startTestLab([], kept)
    expect((await state(second)).notices).toEqual([])
    await second.close()
  } finally {
    rmSync(kept, { recursive: true, force: true })
  }
})

test('a lab whose note of a restore cannot be read does not start, and says what to do', async () => {
  writeFileSync(join(folder, 'restoring.json'), '{')
  await expect(startTestLab([], folder)).rejects.toThrow(/restoring\.json, which a restore has left, cannot be read: delete it/)
})

describe('checkpoints', () => {
  test('the lab goes back to the last one that was saved, and by the answer to what it was before that', async () => {
    const test = await start()
    const client = await clientWith(test, 'session')
    await act(test, `/clients/${client}/login`)
    await test.call('POST', '/checkpoints', { name: 'Logged in' })
    await act(test, `/clients/${client}/logout`)
    await test.call('PATCH', '/cluster', { strategy: 'random' })
    const back = await test.call('POST', '/checkpoints/last/restore')
    expect(back.json.from.name).toBe('Logged in')
    expect(await act(test, `/clients/${client}/requests`, { path: '/me' })).toBe(200)
    const undone = await test.call('POST', `/checkpoints/${back.json.undo}/restore`)
    expect(undone.status).toBe(200)
    expect((await state(test)).cluster.strategy).toBe('random')
    expect(await act(test, `/clients/${client}/requests`, { path: '/me' })).toBe(401)
    const kinds = (await test.call('GET', '/checkpoints')).json.map(({ kind }: { kind: string }) => kind)
    expect(kinds.sort()).toEqual(['checkpoint', 'undo'])
  })

  test('they are for their owner alone, outlive a restart, and can be removed', async () => {
    const kept = newFolder()
    const first = await startTestLab([], kept)
    const { json } = await first.call('POST', '/checkpoints', { name: '  第一课 ' })
    expect(json).toMatchObject({ name: '第一课', kind: 'checkpoint', hasSecrets: true })
    expect(statSync(join(kept, 'checkpoints', `${json.id}.authlab`)).mode & 0o777).toBe(0o600)
    await first.close()
    const second = await startTestLab([], kept)
    try {
      expect((await second.call('GET', '/checkpoints')).json).toEqual([json])
      expect((await second.call('DELETE', `/checkpoints/${json.id}`)).status).toBe(204)
      expect((await second.call('POST', '/checkpoints/last/restore')).status).toBe(404)
      expect((await second.call('POST', `/checkpoints/${'0'.repeat(16)}/restore`)).status).toBe(404)
    } finally {
      await second.close()
      rmSync(kept, { recursive: true, force: true })
    }
  })

  test('the twenty-first is refused', { timeout: 120_000 }, async () => {
    const test = await start(['--nodes', '1'])
    for (let number = 1; number <= 20; number++) await test.call('POST', '/checkpoints', { name: `Number ${number}` })
    const { status, json } = await test.call('POST', '/checkpoints', { name: 'One more' })
    expect([status, json.message]).toEqual([409, 'There are 20 checkpoints: remove one first.'])
  })

  test('a lesson under way is on a lab of its own: it is not saved, and left when the lab is put back', async () => {
    const test = await start()
    await test.call('POST', '/checkpoints', { name: 'Before the lesson' })
    const [lesson] = (await test.call('GET', '/lessons')).json
    await test.call('POST', `/lessons/${lesson.id}/start`, {})
    expect((await test.call('POST', '/checkpoints', { name: 'In the lesson' })).status).toBe(409)
    expect((await test.call('POST', '/checkpoints/last/restore')).status).toBe(200)
    expect((await test.call('GET', '/lesson-run')).json).toBeNull()
  })
})

test('the cue list is kept, travels in a snapshot, and is refused when it points past its end', async () => {
  const test = await start(['--nodes', '1'])
  const cues = { cues: [{ lesson: 'what-a-session-is', minutes: 12 }], current: 0, startedAt: 1 }
  expect((await test.call('PUT', '/cues', cues)).json).toEqual(cues)
  expect((await test.call('PUT', '/cues', { ...cues, current: 1 })).json.message).toBe('current: There is no such cue.')
  const other = await start(['--nodes', '1'])
  expect((await other.call('GET', '/cues')).json).toEqual({ cues: [], current: null, startedAt: null })
  await restore(other, await save(test))
  expect((await other.call('GET', '/cues')).json).toEqual(cues)
  await other.call('POST', '/checkpoints', { name: 'In the first lesson' })
  await other.call('PUT', '/cues', { ...cues, current: null })
  await other.call('POST', '/checkpoints/last/restore')
  // A way back within a class leaves the class where it is.
  expect((await other.call('GET', '/cues')).json).toEqual({ ...cues, current: null })
})
