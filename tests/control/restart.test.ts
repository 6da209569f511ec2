import { readdirSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newFolder, startTestLab } from '../support/start-lab.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('sessions, tokens, traffic, accounts, clients and keys survive a restart', async () => {
  const first = await startTestLab([], folder)
  await first.call('POST', '/clients/alice-laptop/login')
  await first.call('POST', '/clients/bob-laptop/login')
  const asked = (await first.call('POST', '/clients/alice-laptop/requests', { path: '/me' })).json.exchanges[0]
  const byToken = (await first.call('POST', '/clients/bob-laptop/requests', { path: '/me' })).json.exchanges[0]
  await first.call('PATCH', '/accounts/mallory', { disabled: true })
  await first.call('POST', '/clients', { name: 'Kept', account: 'bob', mechanism: 'session' })
  await first.call('PATCH', '/recording', { capacity: 777 })
  const sessions = (await first.call('GET', '/sessions')).json
  await first.close()

  const second = await startTestLab([], folder)
  const state = (await second.call('GET', '/lab')).json
  expect(state.sessions.map((row: { id: string }) => row.id)).toEqual(sessions.map((row: { id: string }) => row.id))
  expect(state.exchanges).toHaveLength(4)
  expect(state.accounts.find((account: { name: string }) => account.name === 'mallory').isDisabled).toBe(true)
  expect(state.recording.capacity).toBe(777)
  expect(state.clients.at(-1).name).toBe('Kept')
  for (const id of [asked, byToken]) {
    const again = (await second.call('POST', `/exchanges/${id}/replay`, {})).json.exchanges[0]
    expect((await second.call('GET', `/exchanges/${again}`)).json.verdict).toBe('allowed')
  }
  await second.close()
})

test('what ends a token of an earlier run is remembered as long as that token may live', async () => {
  const first = await startTestLab(['--nodes', '1'], folder)
  await first.call('PATCH', '/cluster', { lifetimes: { accessToken: 7200 } })
  await first.call('POST', '/clients/bob-laptop/login')
  const used = (await first.call('POST', '/clients/bob-laptop/requests', { path: '/me' })).json.exchanges[0]
  await first.close()

  const second = await startTestLab(['--nodes', '1'], folder)
  const replay = async (): Promise<string> => {
    const [again] = (await second.call('POST', `/exchanges/${used}/replay`, {})).json.exchanges
    return (await second.call('GET', `/exchanges/${again}`)).json.verdict
  }
  await second.call('PATCH', '/cluster', { revocation: 'denylist' })
  expect(await replay()).toBe('allowed')
  const [family] = (await second.call('GET', '/refresh-families')).json
  await second.call('POST', `/refresh-families/${family.id}/revoke`)
  // Past what a token of this run may live, and the most leeway; the next entry sweeps what is over.
  await second.call('PUT', '/clock', { offsetMs: 30 * 60_000 })
  await second.call('POST', '/clients/alice-phone/login')
  await second.call('DELETE', '/accounts/alice/sessions')
  expect(await replay()).toBe('token-revoked')
  await second.close()
})

test('one folder takes one lab at a time, and the next when the first is closed', async () => {
  const first = await startTestLab(['--nodes', '1'], folder)
  await expect(startTestLab(['--nodes', '1'], folder)).rejects.toMatchObject({ code: 'data-dir-in-use' })
  await first.close()
  const second = await startTestLab(['--nodes', '1'], folder)
  await second.close()
})

test('a fresh lab works in a folder of its own inside the one given and takes it away', async () => {
  const fresh = await startTestLab(['--fresh', '--nodes', '1'], folder)
  expect(fresh.lab.dataDir.startsWith(`${folder}/`)).toBe(true)
  await fresh.close()
  expect(readdirSync(folder)).toEqual([])
})

test('only clients of the lab have a tag for their windows', async () => {
  const one = await startTestLab(['--nodes', '1'], folder)
  expect(one.lab.clientTag('alice-laptop')).toMatchObject({ name: 'X-AuthLab-Client', tag: expect.stringMatching(/^[0-9a-f]{32}$/) })
  expect(one.lab.clientTag('nobody')).toBeNull()
  await one.close()
})
