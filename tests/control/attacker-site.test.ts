import { afterAll, beforeAll, expect, test } from 'vitest'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab(['--nodes', '1'])
})
afterAll(() => lab.close())

const set = async (on: boolean) => (await lab.call('PUT', '/attacker-site', { on })).json
/** The name is resolved by browsers alone; here the address is asked under that name. */
const ask = async (path: string, { host, method = 'GET' }: { host?: string; method?: string } = {}) => {
  const { url } = (await lab.call('GET', '/attacker-site')).json
  const site = new URL(url)
  return send(`http://127.0.0.1:${site.port}${path}`, { method, headers: { Host: host ?? site.host } })
}

test('the attacker’s page is off at the start; on, it says so in the state, and off again its port is closed', async () => {
  expect((await lab.call('GET', '/lab')).json.attackerSite).toEqual({ url: null, siblingUrl: null })
  const { url, siblingUrl } = await set(true)
  expect(url).toMatch(/^http:\/\/evil\.localhost:\d+\/$/)
  expect(siblingUrl).toBe(url.replace('evil.localhost', 'evil.app.localhost'))
  expect((await lab.call('GET', '/lab')).json).toMatchObject({ attackerSite: { url }, actions: [{}, { action: 'attacker-site-on' }] })
  expect((await ask('/')).status).toBe(200)
  expect(await set(true)).toEqual({ url, siblingUrl })
  await set(false)
  await expect(send(`http://127.0.0.1:${new URL(url).port}/`, {})).rejects.toThrow()
})

test('it answers under its two names alone, with three files, and takes nothing', async () => {
  const { url } = await set(true)
  const { port } = new URL(url)
  for (const path of ['/', '/attacker.js', '/attacker.css']) expect((await ask(path)).status, path).toBe(200)
  expect((await ask('/', { host: `evil.app.localhost:${port}` })).status).toBe(200)
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `example.com:${port}`, 'evil.localhost', `app.localhost:${port}`])
    expect((await ask('/', { host })).status, host).toBe(421)
  for (const path of ['/attacker-site.ts', '/../attacker-site.ts', '/%2e%2e/attacker-site.ts', '/?x', '//', '/etc/passwd', '/lab/api/lab'])
    expect((await ask(path)).status, path).toBe(404)
  expect((await ask('/', { method: 'POST' })).status).toBe(405)
})

test('its policy lets it send to the portal and nowhere else, and it sets no cookie', async () => {
  await set(true)
  const portal = (await lab.call('GET', '/lab')).json.balancer.portalUrl
  const { headers, text } = await ask('/')
  expect(headers['set-cookie']).toBeUndefined()
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    `connect-src ${portal}`,
    `form-action ${portal}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
  expect(text).toContain(`action="${portal}/transfer"`)
  expect(text).not.toContain(lab.lab.token)
})

test('a reset switches it off; a lesson that switched it on takes it along, and leaves it on where the operator had it on', async () => {
  await set(true)
  await lab.call('POST', '/lab/reset')
  expect((await lab.call('GET', '/attacker-site')).json.url).toBeNull()
  for (const isOn of [false, true]) {
    await set(isOn)
    await lab.call('POST', '/lessons/where-to-keep-a-token/start', { step: 'same-site-sibling' })
    expect((await lab.call('GET', '/attacker-site')).json.url).not.toBeNull()
    await lab.call('POST', '/lesson-run/leave')
    expect((await lab.call('GET', '/attacker-site')).json.url !== null).toBe(isOn)
  }
})
