import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoreKind } from '../../../src/contract/cluster.ts'
import type { Exchange } from '../../../src/contract/exchanges.ts'
import { startI18n } from '../../../src/renderer/i18n/index.ts'
import { toMermaid } from '../../../src/renderer/panels/inspector/sequence/mermaid.ts'
import { sceneOf } from '../../../src/renderer/panels/inspector/sequence/scene.ts'
import type { Message, Sequence } from '../../../src/renderer/panels/inspector/sequence/sequence.ts'
import { sequenceOf } from '../../../src/renderer/panels/inspector/sequence/sequence-of.ts'
import { LIGHT, toSvg } from '../../../src/renderer/ui/picture/svg-file.ts'
import { startTestLab, type TestLab } from '../../support/start-lab.ts'
import { exchange, step } from './exchange.ts'
import { parseMermaid } from './sequence-mermaid-grammar.ts'

let lab: TestLab

beforeAll(async () => {
  await startI18n('en')
  lab = await startTestLab()
})
afterAll(() => lab.close())

const read = async (id: string): Promise<Exchange> => (await lab.call('GET', `/exchanges/${id}`)).json as Exchange

/** Does something in a client's name and reads what went over the wire for it. */
async function act(path: string, body?: unknown): Promise<Exchange> {
  const { json } = await lab.call('POST', path, body)
  const { exchanges } = json as { exchanges: string[] }
  return read(exchanges.at(-1) ?? '')
}
const logIn = (client: string): Promise<Exchange> => act(`/clients/${client}/login`)
const get = (client: string, path = '/me', credential = 'current'): Promise<Exchange> =>
  act(`/clients/${client}/requests`, { method: 'GET', path, credential })

const drawn = (exchanges: readonly Exchange[], store: StoreKind = 'sqlite'): Sequence =>
  sequenceOf(exchanges, { attackers: new Set(['mallory']), storeAt: () => store })

const messagesOf = ({ items }: Sequence): Message[] => items.filter((item) => item.type === 'message')
/** `from way to: lines`, with nodes and clients by their kind. */
const told = (sequence: Sequence): string[] =>
  sequence.items.flatMap((item) => {
    const short = (id: string): string => id.replace(/^(client|node):.*/, '$1')
    if (item.type === 'remark') return `(${short(item.over)}: ${item.lines.map(({ outcome, text }) => `${outcome} ${text}`).join(', ')})`
    return item.type === 'message' ? `${short(item.from)} ${item.way} ${short(item.to)}: ${item.lines.join(', ')}` : []
  })

/** Every credential value that the wire has carried in these exchanges. */
const secretsOf = (exchanges: readonly Exchange[]): string[] =>
  exchanges.flatMap(({ request, response }) => {
    const headers = [...request.headers, ...response.headers]
    const values = headers.filter(([name]) => /^(authorization|cookie|set-cookie)$/i.test(name)).map(([, value]) => value)
    const cookies = values.flatMap((value) => value.split(/[;\s]/)).map((piece) => piece.replace(/^\w+=/, ''))
    const tokens = /"access_token":"([^"]+)"/.exec(response.body)?.slice(1) ?? []
    return [...cookies, ...tokens].filter((value) => value.length > 30)
  })

test('a session goes from client to balancer to node to store and back, with what decided on the way', async () => {
  await logIn('alice-laptop')
  expect(told(drawn([await get('alice-laptop')]))).toEqual([
    'client call balancer: GET /me, Cookie: sid',
    'balancer call node: Round robin',
    '(node: pass Cookie signature ok)',
    'node call store:sqlite: read session',
    'store:sqlite reply node: Session found in the store',
    '(node: pass Not idle for too long, pass Within the absolute limit)',
    'node call store:sqlite: read account',
    'store:sqlite reply node: Account found',
    'node later store:sqlite: move idle limit, written later',
    'node reply balancer: 200',
    'balancer reply client: 200 · session found',
  ])
})

test('a token ends at the node: the store stands beside and is not asked', async () => {
  await logIn('bob-laptop')
  expect(told(drawn([await get('bob-laptop')]))).toEqual([
    'client call balancer: GET /me, Authorization: Bearer',
    'balancer call node: Round robin',
    '(node: pass Signature ok, pass Not expired)',
    '(store:sqlite: info not asked)',
    'node reply balancer: 200',
    'balancer reply client: 200 · signature ok',
  ])
})

test('a login gives a credential by name, and a role that is too low is told where it was found', async () => {
  const login = told(drawn([await logIn('alice-laptop')]))
  expect(login[0]).toBe('client call balancer: POST /session, name and password, Cookie: sid')
  expect(login).toContain('node call store:sqlite: insert session')
  expect(login.at(-1)).toBe('balancer reply client: 200 · session created, Set-Cookie: sid')
  expect(told(drawn([await logIn('bob-laptop')])).at(-1)).toBe('balancer reply client: 200 · token issued, access_token')
  const denied = drawn([await get('bob-laptop', '/admin/users')])
  expect(told(denied)).toContain('(node: pass Signature ok, pass Not expired, fail Role is not enough)')
  expect(messagesOf(denied).at(-1)).toMatchObject({ tone: 'no', accent: 'jwt', lines: ['403 · role too low'] })
})

test('no diagram, in whatever form, holds the value of a credential or the query of a path', async () => {
  const exchanges = [
    await logIn('alice-phone'),
    await get('alice-phone', '/me?token=s3cr3t-in-the-query'),
    await logIn('alice-laptop'),
    await get('alice-laptop'),
    await logIn('bob-laptop'),
    await get('bob-laptop'),
  ]
  const secrets = secretsOf(exchanges)
  expect(secrets.length).toBeGreaterThan(5)
  const sequence = drawn(exchanges)
  const forms = [JSON.stringify(sequence), toMermaid(sequence), toSvg(sceneOf(sequence, 640), 'title')].join('\n')
  expect(secrets.filter((secret) => forms.includes(secret) || forms.includes(decodeURIComponent(secret)))).toEqual([])
  expect(forms).not.toContain('s3cr3t')
  expect(forms).toContain('Cookie: access_token')
})

test('in a run every exchange has its opening, and each participant stands there once', async () => {
  const exchanges = [await logIn('alice-laptop'), await logIn('bob-laptop'), await get('mallory', '/me', 'none'), await get('alice-laptop')]
  const sequence = drawn(exchanges)
  expect(sequence.items.flatMap((item) => (item.type === 'opening' ? item.text : []))).toEqual(
    exchanges.map(({ seq, method, path }) => `#${seq} ${method} ${path}`),
  )
  expect(sequence.participants.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'client Alice·Laptop',
    'client Bob·Laptop',
    'attacker Mallory',
    'balancer Balancer',
    'node node-1',
    'node node-2',
    'store Store',
  ])
})

test('names and paths that mean something to Mermaid or XML stay text', async () => {
  await lab.call('PATCH', '/clients/mallory', { name: 'wrap: <b>;#%% "end" {x} @y & `z`' })
  const sequence = drawn([await get('mallory', '/a;b%25%25%3Cscript%3E', 'none'), await get('mallory', '/end;rect', 'none')])
  const { participants, signals } = parseMermaid(toMermaid(sequence))
  expect(participants[0]).toBe('wrap#58; #lt;b#gt;#59;#35;#37;#37; #quot;end#quot; #123;x#125; #64;y #amp; #96;z#96;')
  expect(signals).toHaveLength(messagesOf(sequence).length)
  const svg = toSvg(sceneOf(sequence, 640), '<&">')
  expect(svg).toContain('<title>&lt;&amp;&quot;&gt;</title>')
  expect(svg).not.toMatch(/<b>|<script/)
})

test('sessions in memory are looked up by the node in itself, and no store stands in the diagram for them', async () => {
  await lab.call('PATCH', '/cluster', { store: 'memory', strategy: 'sticky' })
  await logIn('alice-laptop')
  const found = drawn([await get('alice-laptop')], 'memory')
  expect(told(found)).toContain("node call node: own memory: read session, ✓\u2002Session found in this node's memory")
  const asked = messagesOf(found).filter(({ to }) => to.startsWith('store:'))
  expect(asked.flatMap(({ lines }) => lines)).toEqual(['read account'])
  const token = drawn([await get('bob-laptop')], 'memory')
  expect(token.participants.map(({ kind }) => kind)).not.toContain('store')
  expect(told(token)).toContain('(node: info No store asked)')
  await lab.call('PATCH', '/cluster', { store: 'sqlite', strategy: 'round-robin' })
})

test('with Redis two stores stand in the diagram: sessions in Redis, accounts in SQLite', async () => {
  await lab.call('PATCH', '/cluster', { store: 'redis' })
  await logIn('alice-laptop')
  const sequence = drawn([await get('alice-laptop')], 'redis')
  await lab.call('PATCH', '/cluster', { store: 'sqlite' })
  expect(sequence.participants.slice(-2).map(({ name, detail }) => `${name} ${detail}`)).toEqual(['Store Redis', 'Store SQLite'])
  expect(told(sequence)).toEqual(
    expect.arrayContaining([
      'node call store:redis: read session',
      'node call store:sqlite: read account',
      'node call store:redis: move idle limit',
    ]),
  )
})

test('a store that is out gets a message that does not arrive', async () => {
  await logIn('alice-laptop')
  await lab.call('PATCH', '/cluster', { storeOut: true })
  const sequence = told(drawn([await get('alice-laptop')]))
  await lab.call('PATCH', '/cluster', { storeOut: false })
  expect(sequence).toContain('node lost store:sqlite: the store does not answer')
  expect(sequence.at(-1)).toBe('balancer reply client: 503 · store unavailable')
})

test('what the balancer answers by itself goes no farther than the balancer', async () => {
  for (const node of ['node-1', 'node-2']) await lab.call('POST', `/nodes/${node}/kill`)
  const sequence = drawn([await get('alice-laptop')])
  expect(sequence.participants.map(({ kind }) => kind)).toEqual(['client', 'balancer'])
  expect(told(sequence)).toEqual([
    'client call balancer: GET /me, Cookie: sid',
    '(balancer: fail No node is up)',
    'balancer reply client: 503 · no node available',
  ])
  for (const node of ['node-1', 'node-2']) await lab.call('POST', `/nodes/${node}/start`)
})

test('a node that was not reached, a node that broke off and a client that left each have an arrow that does not arrive', () => {
  const pick = (node: string) => step({ kind: 'balancer-pick', evidence: { strategy: 'random', node } })
  const second = exchange({ node: 'node-2', steps: [pick('node-1'), pick('node-2'), step({ kind: 'answer', outcome: 'info' })] })
  expect(messagesOf(drawn([second])).map(({ way, to }) => `${way} ${to}`)).toEqual([
    'call balancer',
    'lost node:node-1',
    'call node:node-2',
    'reply balancer',
    'reply client:alice-laptop',
  ])
  const broken = [pick('node-1'), step({ kind: 'answer', outcome: 'fail', evidence: { node: 'node-1', error: 'ECONNRESET' } })]
  const brokenOff = drawn([exchange({ status: 502, verdict: 'no-node-available', steps: broken })])
  expect(told(brokenOff).slice(-2)).toEqual(['node lost balancer: went down', 'balancer reply client: 502 · no node available'])
  const left = drawn([exchange({ status: 0, verdict: 'not-auth', steps: [pick('node-1')] })])
  expect(told(left).at(-1)).toBe('balancer lost client: client left')
})

test('all that was recorded here is well-formed Mermaid with as many signals as messages', async () => {
  const exchanges = (await lab.call('GET', '/exchanges')).json as Exchange[]
  expect(exchanges.length).toBeGreaterThan(20)
  for (const language of ['en', 'zh-CN'] as const) {
    await startI18n(language)
    const sequence = drawn(exchanges)
    const { participants, signals } = parseMermaid(toMermaid(sequence))
    expect(participants).toHaveLength(sequence.participants.length)
    expect(signals).toHaveLength(messagesOf(sequence).length)
  }
  await startI18n('en')
})

test('a saved picture stands alone: the colours of the light theme, no style sheet, nothing from elsewhere', async () => {
  const css = readFileSync(new URL('../../../src/renderer/theme/tokens.css', import.meta.url), 'utf8')
  const [light = ''] = css.split(':root[')
  for (const [token, colour] of Object.entries(LIGHT)) expect(light).toContain(`--${token}: ${colour};`)
  const svg = toSvg(sceneOf(drawn([await get('bob-laptop')]), 640), 'AuthLab')
  expect(svg).not.toMatch(/var\(|<style|class=|href|url\(/)
  expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"')
})

test('nothing is drawn outside of the picture, however narrow the pane and however many take part', async () => {
  const exchanges = (await lab.call('GET', '/exchanges')).json as Exchange[]
  for (const [sequence, room] of [
    [drawn(exchanges.slice(-30)), 300],
    [drawn(exchanges.slice(-1)), 376],
    [drawn(exchanges.slice(-1)), 1200],
  ] as const) {
    const { widthPx, bodyHeightPx, body, head } = sceneOf(sequence, room)
    expect(widthPx).toBeGreaterThanOrEqual(room)
    for (const mark of [...head, ...body]) {
      if (mark.shape === 'path') continue
      const [left, right] =
        mark.shape === 'line' ? [mark.x1, mark.x2] : mark.shape === 'rect' ? [mark.x, mark.x + mark.width] : [mark.x, mark.x]
      expect(Math.min(left, right)).toBeGreaterThanOrEqual(0)
      expect(Math.max(left, right)).toBeLessThanOrEqual(widthPx)
      if (mark.shape === 'text') expect(mark.y).toBeLessThan(bodyHeightPx)
    }
  }
})
