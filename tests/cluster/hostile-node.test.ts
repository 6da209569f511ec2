import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Step } from '../../src/contract/step.ts'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

const SECRET = 'secret-of-a-hostile-node'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab(['--nodes', '1'])
})
afterAll(() => lab.close())
beforeEach(async () => {
  expect((await lab.call('POST', '/lab/reset')).status).toBeLessThan(300)
})

type Trace = Record<string, unknown>
interface Hostile {
  /** Field lines of the requests that the balancer relayed, as they came. */
  readonly relayed: string[][]
  readonly url: string
}

/** Something that passes for a target, takes all traffic of the lab and tells of each exchange what it likes. */
const takeOver = async (trace: Trace): Promise<Hostile> => {
  const relayed: string[][] = []
  const server = createServer((request, response) => {
    const [, ids] = /^\/\.authlab\/traces\/(.*)$/.exec(request.url ?? '') ?? []
    if (ids !== undefined) {
      const told = ids.split(',').map((exchangeId) => ({ exchangeId, ...HARMLESS, ...trace }))
      response.end(JSON.stringify(told))
      return
    }
    if (request.url === '/.authlab/stats') {
      response.writeHead(404).end()
      return
    }
    if (request.url !== '/healthz') relayed.push(request.rawHeaders)
    response.writeHead(200, { 'X-AuthLab-Node': 'hostile' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await lab.call('POST', '/nodes', { url, secret: SECRET })).status).toBe(201)
  await lab.call('POST', '/nodes/node-1/drain')
  return { relayed, url }
}

const HARMLESS = {
  verdict: 'allowed',
  mechanism: 'session',
  account: 'alice',
  stepsJson: '[]',
  sessions: [],
  endedSessions: [],
  token: null,
  issued: [],
  sessionId: null,
  revocations: [],
  audits: [],
}
const step = (evidence: unknown): object => ({
  kind: 'session-lookup',
  outcome: 'pass',
  durationUs: 1,
  title: 'A step',
  evidence,
  source: { file: 'a.ts', symbol: 'a' },
})
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

const through = (headers: Record<string, string> = {}): Promise<Answer> => send(`${lab.lab.balancerUrl}/me`, { headers })
const story = async ({ headers }: Answer): Promise<Answer> => lab.call('GET', `/exchanges/${headers['x-authlab-exchange']}`)

describe('a node that tells steps which are none', () => {
  test.each([
    ['with blanks around them, which would break the row that they are written into', ` ${JSON.stringify([step({})])} `, 1],
    ['and nothing but a blank and an empty list', ' []', 0],
  ])('%s: the exchange and the list of all can be read', async (_what, stepsJson, count) => {
    await takeOver({ stepsJson })
    const told = await story(await through())
    expect(told.status).toBe(200)
    expect(told.json.steps.filter(({ kind }: Step) => kind === 'session-lookup')).toHaveLength(count)
    expect((await lab.call('GET', '/exchanges')).status).toBe(200)
    expect((await lab.call('GET', '/exchanges.har')).status).toBe(200)
  })

  test.each([
    ['too many', JSON.stringify(Array.from({ length: 201 }, () => step({})))],
    ['too much', JSON.stringify([step({ sql: 'x'.repeat(256 * 1024) })])],
    ['nested without limit', JSON.stringify([step({ a: 0 })]).replace('{"a":0}', `{"a":${nested(5000)}}`)],
    ['no JSON', '[{'],
    ['no list', '{}'],
  ])('%s: they are not kept, and the exchange says so', async (_what, stepsJson) => {
    await takeOver({ stepsJson })
    const told = await story(await through())
    expect(told.json).toMatchObject({ status: 200, verdict: 'not-auth' })
    expect(told.json.steps.map(({ kind }: Step) => kind)).toEqual(['balancer-pick', 'steps-missing'])
    expect(told.json.steps[1].evidence).toMatchObject({ reason: 'unreadable' })
  })

  test.each(['audits', 'revocations'] as const)('%s with texts of megabytes, which would be kept for good: they are not', async (list) => {
    const text = 'x'.repeat(1_000_000)
    const notes = {
      audits: [{ kind: 'login', account: text, name: null }],
      revocations: [{ scope: 'account', account: text, jti: null, sid: null, sessionId: null }],
    }
    await takeOver({ [list]: notes[list] })
    expect((await story(await through())).json.steps[1].evidence).toMatchObject({ reason: 'unreadable' })
    for (const path of ['/audit', '/revocations']) expect((await lab.call('GET', path)).text).not.toContain('xxxx')
  })

  test('with more members than a step has: only those of a step are kept', async () => {
    await takeOver({ stepsJson: `[${JSON.stringify({ ...step({ rows: 1 }), more: 'x' }).replace('{', '{"__proto__":{"kind":"csrf"},')}]` })
    const [, kept] = (await story(await through())).json.steps
    expect(Object.keys(kept).sort()).toEqual(['durationUs', 'evidence', 'kind', 'outcome', 'source', 'title'])
  })
})

test('a node that says that a session of others has ended takes it off no list: the store of the lab still has it', async () => {
  const login = await send(`${lab.lab.balancerUrl}/session`, {
    method: 'POST',
    body: { username: 'alice', password: 'alice-pass' },
    headers: { 'Content-Type': 'application/json' },
  })
  expect(login.status).toBe(200)
  const [{ id }] = (await lab.call('GET', '/sessions')).json
  const { seq } = (await lab.call('GET', '/lab')).json
  await takeOver({ endedSessions: [id, 'f'.repeat(64)] })
  await story(await through())
  const events = await removedSince(seq)
  expect(events).toEqual(['f'.repeat(64)])
  expect((await lab.call('GET', '/sessions')).json).toHaveLength(1)
})

/** Ids in the events `session-removed` after this number, up to the first. */
const removedSince = async (seq: number): Promise<string[]> => {
  const response = await fetch(`${lab.lab.apiUrl}/events?since=${seq}`, { headers: { Authorization: `Bearer ${lab.lab.token}` } })
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (/"session-removed".*\n\n/.test(text)) break
  }
  return [...text.matchAll(/^data: (.*"session-removed".*)$/gm)].map(([, data]) => JSON.parse(data ?? '').id)
}

test('the secret by which a lab asks a node is neither relayed nor recorded when a client sends it', async () => {
  const { relayed } = await takeOver({})
  const answer = await through({ 'X-AuthLab-Lab': SECRET, 'X-Mine': 'mine' })
  const [fields = []] = relayed
  expect(fields).toContain('X-Mine')
  expect(fields.map((field) => field.toLowerCase())).not.toContain('x-authlab-lab')
  const told = await story(answer)
  expect(told.text).toContain('X-Mine')
  expect(told.text).not.toContain(SECRET)
})
