import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { WEAKNESSES } from '../../src/contract/weaknesses.ts'
import { type Answer, newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'
import { runTarget } from '../support/target-process.ts'

const MARKUP = `<img src="data:," onerror="alert('&')">`
const ESCAPED = '&lt;img src=&quot;data:,&quot; onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;'
const ALL_OFF = WEAKNESSES.map((id) => ({ id, isOn: false }))
const ALL_ON = { 'stored-xss': true, 'token-in-web-storage': true }

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
})

const list = async () => (await lab.call('GET', '/weaknesses')).json
const change = (body: unknown) => lab.call('PATCH', '/weaknesses', body)

async function tokenOf(name: string): Promise<string> {
  const body = JSON.stringify({ grant_type: 'password', username: name, password: `${name}-pass` })
  const answer = await send(`${lab.lab.balancerUrl}/token`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  return answer.json.access_token
}

async function sendMemo(memo: string): Promise<Answer> {
  const body = JSON.stringify({ to: 'alice', amountCents: 100, memo })
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${await tokenOf('mallory')}` }
  return send(`${lab.lab.balancerUrl}/transfer`, { method: 'POST', body, headers })
}

/** What the page of alice shows of it, once by each node. */
async function shown(): Promise<Answer[]> {
  const headers = { Accept: 'text/html', Authorization: `Bearer ${await tokenOf('alice')}` }
  const ask = () => send(`${lab.lab.balancerUrl}/transfers`, { headers })
  const answers = [await ask(), await ask()]
  expect(new Set(answers.map((answer) => answer.headers['x-authlab-node'])).size).toBe(2)
  return answers
}

const page = async (path = '/'): Promise<Answer> => send(`${lab.lab.balancerUrl}${path}`)
const directive = ({ headers }: Answer, name: string): string =>
  String(headers['content-security-policy'])
    .split(';')
    .find((part) => part.startsWith(`${name} `)) ?? ''

test('all weaknesses are off at the start: a memo is escaped on every node, the policy lets no inline script run, the page keeps no token', async () => {
  expect(await list()).toEqual(ALL_OFF)
  expect((await lab.call('GET', '/lab')).json.weaknesses).toEqual(ALL_OFF)
  await sendMemo(MARKUP)
  for (const answer of await shown()) {
    expect(answer.text).toContain(ESCAPED)
    expect(answer.text).not.toContain('<img')
    expect(directive(answer, 'script-src')).toBe("script-src 'self'")
  }
  expect((await page()).text).not.toMatch(/<aside|<!-- notice -->/)
  expect((await page('/credential.js')).text).not.toContain('localStorage')
  expect((await page('/cookie-credential.js')).status).toBe(404)
})

test('with stored-xss on the same memo is markup on every node and inline script may run; still nothing goes anywhere but to the portal', async () => {
  await sendMemo(MARKUP)
  const sound = String((await page()).headers['content-security-policy'])
  expect((await change({ 'stored-xss': true })).json).toEqual([
    { id: 'stored-xss', isOn: true },
    { id: 'token-in-web-storage', isOn: false },
  ])
  for (const answer of await shown()) {
    expect(answer.text).toContain(MARKUP)
    // But for the one source of scripts it is the policy of the sound app.
    expect(String(answer.headers['content-security-policy']).replace(" 'unsafe-inline'", '')).toBe(sound)
    expect(directive(answer, 'script-src')).toBe("script-src 'self' 'unsafe-inline'")
    expect(directive(answer, 'connect-src')).toBe("connect-src 'self'")
  }
  expect((await page('/credential.js')).text).not.toContain('localStorage')
  await change({ 'stored-xss': false })
  for (const answer of await shown()) expect(answer.text).toContain(ESCAPED)
})

test('with token-in-web-storage on another file decides how the page stays logged in, and memos stay escaped', async () => {
  await sendMemo(MARKUP)
  await change({ 'token-in-web-storage': true })
  expect((await page('/credential.js')).text).toContain('localStorage.setItem')
  expect((await page('/cookie-credential.js')).text).not.toContain('localStorage')
  for (const answer of await shown()) expect(answer.text).toContain(ESCAPED)
})

test('the portal’s own page says which are on, in both languages, before any script has run', async () => {
  await change(ALL_ON)
  const { text } = await page()
  expect(text).toContain('<aside')
  for (const words of ['Weak on purpose', 'Stored XSS', 'Token in web storage', '故意存在的弱点', '存储型 XSS', '令牌存放在 Web Storage'])
    expect(text).toContain(words)
})

test('JSON says what was written as it was written, for the recipient alone', async () => {
  expect((await sendMemo(MARKUP)).json.transfer).toMatchObject({ from: 'mallory', to: 'alice', memo: MARKUP })
  const ask = async (name: string) =>
    (await send(`${lab.lab.balancerUrl}/transfers`, { headers: { Authorization: `Bearer ${await tokenOf(name)}` } })).json.transfers
  expect(await ask('alice')).toMatchObject([{ from: 'mallory', amountCents: 100, memo: MARKUP }])
  for (const name of ['mallory', 'bob']) expect(await ask(name)).toEqual([])
})

test('an unknown weakness or anything but true and false is 400, names the field and changes nothing', async () => {
  const refused = await change({ 'stored-xss': true, 'alg-none': true })
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('alg-none')
  expect((await change({ 'stored-xss': 'yes' })).status).toBe(400)
  expect((await change([])).status).toBe(400)
  expect(await list()).toEqual(ALL_OFF)
  expect((await lab.call('GET', '/weaknesses/stored-xss')).status).toBe(404)
})

test('each change is a row in the traffic; a change that changes nothing is none', async () => {
  await change(ALL_ON)
  await change(ALL_ON)
  await change({ 'stored-xss': false })
  const { actions } = (await lab.call('GET', '/lab')).json
  const noted = actions.filter(({ action }: { action: string }) => action.startsWith('weakness-'))
  expect(noted.map(({ action, params }: { action: string; params: object }) => [action, params])).toEqual([
    ['weakness-on', { weakness: 'stored-xss' }],
    ['weakness-on', { weakness: 'token-in-web-storage' }],
    ['weakness-off', { weakness: 'stored-xss' }],
  ])
})

test('the assessment reports each as a requirement that does not hold', async () => {
  const failed = async () =>
    (await lab.call('GET', '/assessment')).json.items
      .filter(({ result, evidence }: { result: string; evidence: object }) => result === 'fail' && 'weakness' in evidence)
      .map(({ code, clause }: { code: string; clause: string }) => [code, clause])
  expect(await failed()).toEqual([])
  await change(ALL_ON)
  expect(await failed()).toEqual([
    ['output-encoding', 'OWASP ASVS 5 V1.2.1'],
    ['token-out-of-scripts', 'OWASP ASVS 5 V3.3.4'],
  ])
})

test('a reset switches them off on every node', async () => {
  await change(ALL_ON)
  await lab.call('POST', '/lab/reset')
  expect(await list()).toEqual(ALL_OFF)
  await sendMemo(MARKUP)
  for (const answer of await shown()) expect(answer.text).toContain(ESCAPED)
})

test('a node that is added or started again has what the others have', async () => {
  await change({ 'stored-xss': true })
  await sendMemo(MARKUP)
  for (const id of ['node-1', 'node-2']) {
    await lab.call('POST', `/nodes/${id}/kill`)
    await lab.call('POST', `/nodes/${id}/start`)
  }
  for (const answer of await shown()) expect(answer.text).toContain(MARKUP)
})

test('a lab that is put back from a checkpoint has none on, whatever was on when it was kept', async () => {
  await change(ALL_ON)
  await sendMemo(MARKUP)
  const { id } = (await lab.call('POST', '/checkpoints', { name: 'weak' })).json
  expect((await lab.call('POST', `/checkpoints/${id}/restore`)).status).toBe(200)
  expect(await list()).toEqual(ALL_OFF)
  for (const answer of await shown()) expect(answer.text).toContain(ESCAPED)
})

test('a lesson’s lab has none of the operator’s, which are as they were when it is left; what the lesson switched on goes with it', async () => {
  await change({ 'token-in-web-storage': true })
  const before = await list()
  await lab.call('POST', '/lessons/where-to-keep-a-token/start')
  expect(await list()).toEqual(ALL_OFF)
  await change({ 'stored-xss': true })
  await lab.call('POST', '/lesson-run/leave')
  expect(await list()).toEqual(before)
})

test('a target that runs alone has none, and is no node beside one that has: both orders are refused with what to do', async () => {
  const folder = newFolder()
  const target = runTarget('--data-dir', folder, '--port', '0')
  onTestFinished(() => target.kill())
  const { url } = await target.ready
  await change({ 'stored-xss': true })
  const added = await lab.call('POST', '/nodes', { url })
  expect([added.status, added.text]).toEqual([409, expect.stringContaining('switch them off first')])
  await change({ 'stored-xss': false })
  expect((await lab.call('POST', '/nodes', { url })).status).toBeLessThan(300)
  const refused = await change({ 'stored-xss': true })
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('remove it first')])
  expect(await list()).toEqual(ALL_OFF)
})

test('no sound file of the target knows that there are weaknesses', () => {
  const folder = fileURLToPath(new URL('../../src/server/target/', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|js|html)$/.test(file))
  const knowing = files.filter(
    (file) => !/^(portal[/\\])?weaknesses[/\\]/.test(file) && /weakness/i.test(readFileSync(join(folder, file), 'utf8')),
  )
  expect(files.length).toBeGreaterThan(50)
  expect(knowing).toEqual([])
})
