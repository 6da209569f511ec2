import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Step } from '../../src/contract/step.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { sourceText } from '../../src/server/storage/step-record.ts'
import type { OpenExchange } from '../../src/server/traffic/recorded-exchange.ts'
import { type Recorder, startRecorder } from '../../src/server/traffic/recorder.ts'
import { temporaryFolder, temporaryRecorder } from '../cluster/fixture.ts'

const STEP = { kind: 'answer', outcome: 'info', durationUs: 1, title: 't', evidence: {}, source: { file: 'f', symbol: 's' } } as const

const FROM_NODE = ['X-AuthLab-Node', 'node-1']

const record = (recorder: Recorder, path: string, body = ''): string => {
  const open = recorder.begin({ startedAt: 1, labTime: 2, client: null, method: 'GET', path, rawHeaders: ['Host', 'a'] })
  open.picked('node-1', { ...STEP, kind: 'balancer-pick' })
  open.requestBody(Buffer.from(body))
  open.responseHead(200, [...FROM_NODE, 'X-A', '1', 'x-a', '2'])
  open.responseBody(Buffer.from(`answer to ${path}`))
  open.end()
  recorder.addTrace({ exchangeId: open.id, verdict: 'allowed', mechanism: 'session', stepsJson: JSON.stringify([STEP]) })
  return open.id
}

/** An exchange that a node has answered and not yet reported of. */
const answered = (recorder: Recorder): OpenExchange => {
  const open = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/', rawHeaders: [] })
  open.picked('node-1', { ...STEP, kind: 'balancer-pick' })
  open.responseHead(200, FROM_NODE)
  open.end()
  return open
}

describe('recorder', () => {
  test('a thousand exchanges are kept with an unbroken seq and announced once each', async () => {
    const { recorder, changes } = await temporaryRecorder()
    for (let count = 1; count <= 1000; count++) record(recorder, `/${count}`)
    const summaries = await recorder.summaries({ limit: 5000 })
    expect(summaries.map(({ seq, path }) => [seq, path])).toEqual(Array.from({ length: 1000 }, (_, at) => [at + 1, `/${at + 1}`]))
    const announced = changes.flatMap((change) => (change.type === 'exchange' ? [change.exchange.seq] : []))
    expect(announced).toEqual(summaries.map(({ seq }) => seq))
    expect(recorder.recording()).toEqual({ isOn: true, capacity: 10_000, count: 1000 })
  })

  test('an exchange comes back whole: heads in wire order, bodies, steps of balancer and node', async () => {
    const { recorder } = await temporaryRecorder()
    const exchange = await recorder.get(record(recorder, '/x?y=1', 'héllo'))
    expect(exchange).toMatchObject({ seq: 1, path: '/x?y=1', status: 200, verdict: 'allowed', mechanism: 'session', node: 'node-1' })
    expect(exchange?.request).toMatchObject({
      headers: [['Host', 'a']],
      body: 'héllo',
      bodyEncoding: 'utf8',
      bodyBytes: 6,
      isBodyCut: false,
    })
    expect(exchange?.response.headers).toEqual([
      ['X-AuthLab-Node', 'node-1'],
      ['X-A', '1'],
      ['x-a', '2'],
    ])
    expect(exchange?.steps.map(({ kind }) => kind)).toEqual(['balancer-pick', 'answer'])
  })

  test('steps come back whole and in order however they were recorded: as bare values, or as whole steps by another version', async () => {
    const { recorder } = await temporaryRecorder()
    const step = {
      outcome: 'pass',
      durationUs: 12.3,
      title: 'A "title"',
      source: { file: 'src/server/target/a.ts', symbol: 'A.b' },
    } as const
    const sought: Step[] = [
      { ...step, kind: 'token-expiry', evidence: { now: 1, list: ['§', null] }, clause: 'RFC 7519 §4.1.4' },
      { ...step, kind: 'account-lookup', outcome: 'fail', durationUs: 0, evidence: {} },
    ]
    const values = sought.flatMap(({ outcome, durationUs, title, evidence, ...fixed }, at) => {
      const found = at === 0 ? evidence : null
      return [sourceText({ ...fixed, ...fixed.source }), outcome, durationUs * 10, title, found]
    })
    for (const stepsJson of [JSON.stringify(values), JSON.stringify(sought)]) {
      const open = answered(recorder)
      recorder.addTrace({ exchangeId: open.id, verdict: 'allowed', mechanism: 'jwt-bearer', stepsJson })
      expect((await recorder.get(open.id))?.steps).toStrictEqual([{ ...STEP, kind: 'balancer-pick' }, ...sought])
    }
  })

  test('an exchange that an earlier version recorded keeps its steps', async () => {
    const { recorder, databaseFile } = await temporaryRecorder()
    const id = record(recorder, '/')
    const { steps } = (await recorder.get(id)) ?? {}
    const database = new Database(databaseFile)
    database.prepare('UPDATE exchange_messages SET steps = ?').run(JSON.stringify(steps))
    database.close()
    expect((await recorder.get(id))?.steps).toEqual(steps)
  })

  test('octets that are no text come back as base64', async () => {
    const { recorder } = await temporaryRecorder()
    const open = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/', rawHeaders: [] })
    open.responseHead(200, [])
    open.responseBody(Buffer.from([0xff, 0x00, 0xfe]))
    open.end({ verdict: 'not-auth' })
    expect((await recorder.get(open.id))?.response).toMatchObject({ body: '/wD+', bodyEncoding: 'base64', bodyBytes: 3 })
  })

  test('over capacity the oldest leave and it is said up to where', async () => {
    const { recorder, changes } = await temporaryRecorder(100)
    for (let count = 1; count <= 250; count++) record(recorder, `/${count}`)
    await expect.poll(async () => (await recorder.summaries({ limit: 5000 })).length).toBe(100)
    expect((await recorder.summaries({ limit: 5000 }))[0]?.seq).toBe(151)
    await expect
      .poll(() => changes.filter(({ type }) => type === 'traffic-trimmed').at(-1))
      .toEqual({ type: 'traffic-trimmed', oldestSeq: 151 })
    expect(recorder.recording().count).toBe(100)
  })

  test('filters find by text, verdict, client, mechanism and place', async () => {
    const { recorder } = await temporaryRecorder()
    for (const path of ['/a', '/b_c', '/bxc', '/100%']) record(recorder, path)
    const paths = async (query: Parameters<Recorder['summaries']>[0]) => (await recorder.summaries(query)).map(({ path }) => path)
    expect(await paths({ q: 'B_C' })).toEqual(['/b_c'])
    expect(await paths({ q: '100%' })).toEqual(['/100%'])
    expect(await paths({ verdict: 'denied' })).toEqual([])
    expect(await paths({ mechanism: 'session', node: 'node-1', limit: 2 })).toEqual(['/bxc', '/100%'])
    expect(await paths({ mechanism: 'jwt' })).toEqual([])
    expect(await paths({ after: 1, limit: 2 })).toEqual(['/b_c', '/bxc'])
    expect(await paths({ before: 3 })).toEqual(['/a', '/b_c'])
  })

  test('whenComplete waits for the steps of the node', async () => {
    const { recorder } = await temporaryRecorder()
    const open = answered(recorder)
    const complete = recorder.whenComplete(open.id)
    recorder.addTrace({ exchangeId: open.id, verdict: 'token-expired', mechanism: 'jwt-bearer', stepsJson: '[]' })
    expect(await complete).toMatchObject({ verdict: 'token-expired', mechanism: 'jwt-bearer' })
  })

  test('reading an exchange that has ended, or the list, waits for the steps of the node', async () => {
    const { recorder } = await temporaryRecorder()
    const open = answered(recorder)
    const read = Promise.all([recorder.get(open.id), recorder.list({})])
    await new Promise(setImmediate)
    recorder.addTrace({ exchangeId: open.id, verdict: 'allowed', mechanism: 'session', stepsJson: JSON.stringify([STEP]) })
    const [one, [listed]] = await read
    expect(one).toMatchObject({ verdict: 'allowed', steps: [{ kind: 'balancer-pick' }, { kind: 'answer' }] })
    expect(listed).toEqual(one)
  })

  test('an exchange in flight is read as far as it is known, with the mechanism that the request carries', async () => {
    const { recorder } = await temporaryRecorder()
    const read = async (...rawHeaders: string[]) =>
      (await recorder.get(recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/', rawHeaders }).id))?.mechanism
    expect(await read('Cookie', 'lb=node-1; sid=s%3Ax.y')).toBe('session')
    expect(await read('Cookie', 'access_token=a.b.c')).toBe('jwt-cookie')
    expect(await read('Cookie', 'access_token=a.b.c; sid=s%3Ax.y', 'authorization', 'bearer a.b.c')).toBe('jwt-bearer')
    expect(await read('Authorization', 'Basic Zm9v', 'Cookie', 'sid=; theme=sid')).toBe('none')
  })

  test('until its steps have come, an answered exchange is listed as in flight and never with a verdict that no one gave', async () => {
    const { recorder, changes } = await temporaryRecorder()
    const early = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/slow', rawHeaders: [] })
    early.picked('node-1', { ...STEP, kind: 'balancer-pick' })
    await expect.poll(() => changes.map(({ type }) => type)).toContain('exchange-started')
    early.responseHead(200, FROM_NODE)
    early.end()
    expect(await recorder.summaries({})).toMatchObject([{ path: '/slow', status: null, verdict: null }])
  })

  test('what no node of ours answered is complete at once', async () => {
    const { recorder, changes } = await temporaryRecorder()
    const open = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/', rawHeaders: ['Cookie', 'sid=s%3Ax.y'] })
    open.responseHead(503, [])
    open.end()
    expect(changes).toMatchObject([{ type: 'exchange', exchange: { status: 503, mechanism: 'session', node: null } }])
    const other = recorder.begin({ startedAt: 1, labTime: 1, client: null, method: 'GET', path: '/', rawHeaders: [] })
    other.picked('elsewhere', { ...STEP, kind: 'balancer-pick' })
    other.responseHead(200, ['Server', 'another'])
    other.end()
    expect(changes.at(-1)).toMatchObject({ type: 'exchange', exchange: { status: 200, verdict: 'not-auth', node: 'elsewhere' } })
  })

  test('an exchange whose steps never come is complete all the same', async () => {
    const { recorder } = await temporaryRecorder()
    expect(await recorder.whenComplete(answered(recorder).id)).toMatchObject({ status: 200, verdict: 'not-auth' })
  })

  test('an exchange whose steps are nested too deep to cross threads is refused when it is asked for, and others are answered', async () => {
    const { recorder } = await temporaryRecorder()
    const open = answered(recorder)
    const deep = JSON.stringify([STEP]).replace('"evidence":{}', `"evidence":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)
    recorder.addTrace({ exchangeId: open.id, verdict: 'allowed', mechanism: 'none', stepsJson: deep })
    await expect(recorder.get(open.id)).rejects.toMatchObject({ code: 'storage' })
    expect((await recorder.get(record(recorder, '/next')))?.path).toBe('/next')
  })

  test('whenComplete of an unknown exchange is not-found', async () => {
    const { recorder } = await temporaryRecorder()
    await expect(recorder.whenComplete('99-nobody')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('while recording is paused nothing is kept, but whenComplete still answers', async () => {
    const { recorder } = await temporaryRecorder()
    recorder.setRecording({ on: false })
    const id = record(recorder, '/secret')
    expect(await recorder.whenComplete(id)).toMatchObject({ path: '/secret', verdict: 'allowed' })
    expect(await recorder.summaries({})).toEqual([])
    expect(recorder.setRecording({ on: true })).toMatchObject({ isOn: true, count: 0 })
  })

  test('after clearing nothing is left and seq goes on, also in the next run', async () => {
    const folder = await temporaryFolder()
    const databaseFile = `${folder}/lab.db`
    openDatabase(databaseFile, 'lab').database.close()
    const first = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    record(first, '/1')
    record(first, '/2')
    first.recordAction({ at: 1, labTime: 1, action: 'clock-paused', params: {} })
    await first.clear()
    expect(await first.summaries({})).toEqual([])
    expect(first.actions()).toEqual([])
    await first.close()
    const second = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    record(second, '/3')
    expect(await second.summaries({})).toMatchObject([{ seq: 3, path: '/3' }])
    await second.close()
  })

  test('traffic and actions are there again in the next run', async () => {
    const folder = await temporaryFolder()
    const databaseFile = `${folder}/lab.db`
    openDatabase(databaseFile, 'lab').database.close()
    const first = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    const id = record(first, '/kept')
    const action = first.recordAction({ at: 1, labTime: 1, action: 'node-killed', params: { node: 'node-1' } })
    expect(action.afterExchange).toBe(1)
    await first.close()
    const second = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    expect(await second.get(id)).toMatchObject({ path: '/kept' })
    expect(second.actions()).toEqual([action])
    await second.close()
  })

  test('a lock of another writer delays what is written but loses nothing', async () => {
    const { recorder, databaseFile } = await temporaryRecorder()
    const other = new Database(databaseFile)
    other.exec('BEGIN IMMEDIATE')
    record(recorder, '/waits')
    let isListed = false
    const listed = recorder.summaries({}).finally(() => {
      isListed = true
    })
    // A whole second recorder starts, reads and ends meanwhile: the first has met the lock by then.
    const reader = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    expect(await reader.summaries({})).toEqual([])
    await reader.close()
    expect(isListed).toBe(false)
    other.exec('COMMIT')
    other.close()
    expect(await listed).toMatchObject([{ path: '/waits' }])
    await recorder.close()
    const after = new Database(databaseFile, { readonly: true })
    expect(after.prepare('SELECT path FROM exchanges').pluck().all()).toEqual(['/waits'])
    after.close()
  })

  test('a process killed while it writes leaves a sound database with a prefix of what it wrote', async () => {
    const databaseFile = `${await temporaryFolder()}/lab.db`
    openDatabase(databaseFile, 'lab').database.close()
    const child = spawn(process.execPath, [fileURLToPath(new URL('./endless-writer.ts', import.meta.url)), databaseFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let reported = 0
    for await (const chunk of child.stdout) {
      reported = Number(String(chunk).trim().split('\n').at(-1))
      if (reported >= 2000) break
    }
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    const { database, movedAside } = openDatabase(databaseFile, 'lab')
    expect(movedAside).toBeNull()
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const kept = database.prepare('SELECT count(*) AS count, max(seq) AS newest FROM exchanges').get()
    expect(kept).toMatchObject({ count: expect.any(Number) })
    const { count, newest } = kept as { count: number; newest: number }
    expect(count).toBe(newest)
    expect(count).toBeGreaterThanOrEqual(2000)
    expect(database.prepare('SELECT count(*) FROM exchange_messages').pluck().get()).toBe(count)
    database.close()
  })
})

describe('what the lab knows of credentials', () => {
  test('outlives the recorder and goes only when it is forgotten, not with the traffic', async () => {
    const { recorder, databaseFile } = await temporaryRecorder()
    recorder.keep('token', { put: [2, 1, 3].map((ordinal) => [ordinal, `"token ${ordinal}"`]), removed: [] })
    recorder.keep('token', { put: [[2, '"token 2, used"']], removed: [3] })
    recorder.keep('revocation', { put: [[1, '"revocation 1"']], removed: [] })
    await recorder.clear()
    await recorder.close()
    const second = await startRecorder({ databaseFile, capacity: 100, onChange: () => {} })
    onTestFinished(() => second.close())
    expect(await second.kept('token')).toEqual(['"token 1"', '"token 2, used"'])
    expect(await second.kept('revocation')).toEqual(['"revocation 1"'])
    await second.forgetKept()
    expect([await second.kept('token'), await second.kept('revocation')]).toEqual([[], []])
  })
})
