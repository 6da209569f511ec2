import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { IssuedToken } from '../../src/contract/tokens.ts'
import { newFolder, startTestLab, type TestLab } from '../support/start-lab.ts'

let testLab: TestLab
const call: TestLab['call'] = (...args) => testLab.call(...args)
beforeAll(async () => {
  testLab = await startTestLab(['--nodes', '3'])
})
afterAll(() => testLab.close())
beforeEach(async () => {
  await call('POST', '/lab/reset')
})

const tokens = async (query = '') => (await call('GET', `/tokens${query}`)).json as IssuedToken[]
const login = (client: string) => call('POST', `/clients/${client}/login`)
const me = (client: string) => call('POST', `/clients/${client}/requests`, { path: '/me' })

describe('the list of access tokens', () => {
  test('is what was seen being issued, newest first, with uses, the last of them and its node', async () => {
    expect(await tokens()).toEqual([])
    await login('bob-laptop')
    await login('alice-phone')
    await me('bob-laptop')
    const exchange = (await me('bob-laptop')).json.exchanges[0]
    const { node } = (await call('GET', `/exchanges/${exchange}`)).json
    const [alices, bobs] = await tokens()
    expect(IssuedToken.parse(bobs)).toEqual(bobs)
    expect(alices).toMatchObject({ account: 'alice', uses: 0, lastUsedAt: null, lastNode: null, state: 'active', revokedBy: null })
    expect(bobs).toMatchObject({ account: 'bob', uses: 2, lastNode: node, state: 'active' })
    const { signingKeyId } = (await call('GET', '/nodes')).json[0]
    expect(bobs?.kid).toBe(signingKeyId)
    expect((bobs?.expiresAt ?? 0) - (bobs?.issuedAt ?? 0)).toBe(900_000)
  })

  test('counts requests that the token was accepted for apart from those that it was refused for', async () => {
    await login('bob-laptop')
    await me('bob-laptop')
    await call('POST', '/clients/bob-laptop/requests', { path: '/admin/users' })
    await call('PUT', '/clock', { offsetMs: 900_000 })
    await me('bob-laptop')
    await expect.poll(() => tokens()).toMatchObject([{ account: 'bob', uses: 2, refusals: 1 }])
  })

  test('tells the family of a token, and a refreshed token is of the same', async () => {
    await login('bob-laptop')
    await call('POST', '/clients/bob-laptop/refresh')
    const [second, first] = await tokens()
    expect(second?.jti).not.toBe(first?.jti)
    expect(second?.sid).toBe(first?.sid)
    const [family] = (await call('GET', '/refresh-families')).json
    expect(family.id.startsWith(first?.sid)).toBe(true)
  })

  test('is filtered by account, state and text, and limited', async () => {
    await login('bob-laptop')
    await login('alice-phone')
    await call('POST', '/clients/bob-laptop/refresh')
    expect(await tokens('?account=bob')).toHaveLength(2)
    expect(await tokens('?limit=1')).toMatchObject([{ account: 'bob' }])
    expect(await tokens('?q=ALICE')).toMatchObject([{ account: 'alice' }])
    const [newest] = await tokens()
    expect(await tokens(`?q=${newest?.jti.slice(3, 20)}`)).toEqual([newest])
    expect(await tokens('?state=expired')).toEqual([])
    await call('PUT', '/clock', { offsetMs: 900_000 })
    expect(await tokens('?state=expired')).toHaveLength(3)
    expect(await tokens('?state=active')).toEqual([])
  })

  test('takes a limit from 1 to 10000', async () => {
    for (const limit of [0, 10_001, 'x']) expect((await call('GET', `/tokens?limit=${limit}`)).json.data.path).toBe('limit')
    expect((await call('GET', '/tokens?limit=10000')).status).toBe(200)
  })

  test('is empty after a reset, not after the traffic was cleared', async () => {
    await login('bob-laptop')
    await call('DELETE', '/exchanges')
    expect(await tokens()).toHaveLength(1)
    await call('POST', '/lab/reset')
    expect(await tokens()).toEqual([])
  })

  test('goes on while recording is paused', async () => {
    await call('PATCH', '/recording', { on: false })
    await login('bob-laptop')
    await me('bob-laptop')
    expect(await tokens()).toMatchObject([{ account: 'bob', uses: 1 }])
  })
})

test('tokens and their uses outlive a restart', async () => {
  const folder = newFolder()
  const first = await startTestLab([], folder)
  await first.call('POST', '/clients/bob-laptop/login')
  await first.call('POST', '/clients/bob-laptop/requests', { path: '/me' })
  const before = (await first.call('GET', '/tokens')).json
  expect(before).toMatchObject([{ account: 'bob', uses: 1 }])
  await first.close()
  const second = await startTestLab([], folder)
  expect((await second.call('GET', '/tokens')).json).toEqual(before)
  await second.close()
  rmSync(folder, { recursive: true, force: true })
})
