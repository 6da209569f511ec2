import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { STEP_KINDS, type Step } from '../../../src/contract/step.ts'
import { startI18n } from '../../../src/renderer/i18n/index.ts'
import { say } from '../../../src/renderer/i18n/say.ts'
import { LINKS, STAGES } from '../../../src/renderer/panels/flow/flow.ts'
import { flowLayout } from '../../../src/renderer/panels/flow/flow-layout.ts'
import { toFlowMermaid } from '../../../src/renderer/panels/flow/flow-mermaid.ts'
import { type FlowWords, flowScene } from '../../../src/renderer/panels/flow/flow-scene.ts'
import { type LitFlow, litFlow, UNLIT } from '../../../src/renderer/panels/flow/lit.ts'
import { toSvg } from '../../../src/renderer/ui/picture/svg-file.ts'
import { startTestLab } from '../../support/start-lab.ts'

const words: FlowWords = {
  stage: (id) => say(`flow:stage.${id}`),
  phase: (phase) => say(`flow:phase.${phase}`),
  side: (side) => say(`flow:side.${side}`),
  duration: (us) => `${us} µs`,
}

beforeAll(() => startI18n('en'))

/** Not in the picture: they say how a stage was done, or nothing of authentication. */
const ASIDE: readonly Step['kind'][] = [
  'node-latency',
  'client-authentication',
  'csrf',
  'cookie-parse',
  'authorization-parse',
  'session-overwrite',
  'session-save-refused',
  'account-write',
  'steps-missing',
  'answer',
]

test('every step of the server belongs to one stage of the flow, or is named as left out', () => {
  const drawn = STAGES.flatMap(({ kinds }) => kinds)
  expect([...drawn, ...ASIDE].toSorted()).toEqual([...STEP_KINDS].toSorted())
})

test('every link joins two stages, and no two boxes overlap at any width', () => {
  const ids = new Set(STAGES.map(({ id }) => id))
  expect(LINKS.flat().filter((id) => !ids.has(id))).toEqual([])
  for (const availablePx of [400, 700, 1000, 2000]) {
    const boxes = [...flowLayout(availablePx).boxes.values()]
    const overlaps = boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
        .map((b) => `${a.stage.id} on ${b.stage.id}`),
    )
    expect(overlaps).toEqual([])
  }
})

const lightsOf = ({ stages }: LitFlow): Record<string, string> => Object.fromEntries([...stages].map(([id, { tone }]) => [id, tone]))

test('real exchanges light what they went through', async () => {
  const lab = await startTestLab()
  onTestFinished(() => lab.close())
  const play = async (client: string, action: string, body?: object) => {
    const caused = await lab.call('POST', `/clients/${client}/${action}`, body)
    return litFlow((await lab.call('GET', `/exchanges/${caused.json.exchanges[0]}`)).json)
  }
  const get = (client: string, path: string) => play(client, 'requests', { method: 'GET', path, credential: 'current' })

  const login = await play('alice-laptop', 'login')
  expect(lightsOf(login)).toMatchObject({
    choose: 'neutral',
    'ask-session': 'neutral',
    password: 'ok',
    'store-session': 'neutral',
    answer: 'ok',
  })
  expect(login.stages.has('read-account')).toBe(false)
  expect(login.links).toContain('password>store-session')
  expect(login.links).not.toContain('password>sign-token')

  const me = await get('alice-laptop', '/me')
  expect(lightsOf(me)).toMatchObject({
    'carry-cookie': 'neutral',
    'check-mac': 'ok',
    'ask-store': 'ok',
    'check-limits': 'ok',
    'read-account': 'ok',
  })
  expect(me.stages.has('password')).toBe(false)
  expect(me.links).toContain('authorize>answer')
  expect(me.leftFrom).toBeNull()

  await play('bob-laptop', 'login')
  const admin = await get('bob-laptop', '/admin/users')
  expect(lightsOf(admin)).toMatchObject({ 'check-signature': 'ok', 'check-claims': 'ok', authorize: 'no', answer: 'no' })
  expect(admin.stages.has('ask-store')).toBe(false)

  await lab.call('PUT', '/clock', { offsetMs: 16 * 60_000 })
  const late = await get('bob-laptop', '/me')
  expect(lightsOf(late)).toMatchObject({ 'check-signature': 'ok', 'check-claims': 'no' })
  expect(late.leftFrom).toBe('check-claims')
  expect(late.links).not.toContain('check-claims>check-revocation')

  const refresh = await play('bob-laptop', 'refresh')
  expect(lightsOf(refresh)).toMatchObject({ refresh: 'ok', 'sign-token': 'neutral', 'hand-token': 'neutral' })
  expect(refresh.stages.has('password')).toBe(false)

  await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
  const looked = await get('bob-laptop', '/me')
  expect(lightsOf(looked)).toMatchObject({ 'check-claims': 'ok', 'check-revocation': 'ok', answer: 'ok' })

  const stranger = await get('mallory', '/me')
  expect(stranger.leftFrom).toBe('balance')

  const mermaid = toFlowMermaid(late, words)
  expect(mermaid).toContain('class s_check_claims denied')
  expect(mermaid).toContain('class s_check_signature jwt')
  // `end` closes a subgraph: no id may be that word.
  expect(mermaid.match(/^ {2}end$/gm)).toHaveLength(3)
  expect(toSvg(flowScene(late, words, 960), 'a & b')).toContain('<title>a &amp; b</title>')
})

test('nothing is lit before the first request', () => {
  const texts = flowScene(UNLIT, words, 960).body.filter((mark) => mark.shape === 'text')
  expect(texts.some(({ paint }) => paint === 'ok' || paint === 'no')).toBe(false)
})
