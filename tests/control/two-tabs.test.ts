import { expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/contract/exchanges.ts'
import { startTestLab } from '../support/start-lab.ts'

const TRANSPORTS = ['jwt-bearer', 'jwt-cookie'] as const

/** A lab in which Bob, by this mechanism, has refreshed in so many tabs at once; with what came of it. */
async function race(mechanism: (typeof TRANSPORTS)[number], grace: number, times = 2) {
  const { call, close } = await startTestLab()
  onTestFinished(() => close())
  await call('PATCH', '/cluster', { lifetimes: { refreshGrace: grace } })
  await call('PATCH', '/clients/bob-laptop', { mechanism })
  await call('POST', '/clients/bob-laptop/login')
  const { status, json } = await call('POST', '/clients/bob-laptop/refresh', { times })
  expect(status).toBe(200)
  const exchanges: Exchange[] = await Promise.all(json.exchanges.map(async (id: string) => (await call('GET', `/exchanges/${id}`)).json))
  const [family] = (await call('GET', '/refresh-families')).json
  return { call, exchanges, family }
}

/** What carried the refresh token of a request. */
const carried = ({ request }: Exchange): string | undefined =>
  request.headers.find(([name]) => name.toLowerCase() === 'cookie')?.[1] ?? request.body

test.each(TRANSPORTS)(
  '%s, no grace: two tabs send the same refresh token to two nodes; one is served, the other ends the family',
  async (mechanism) => {
    const { call, exchanges, family } = await race(mechanism, 0)
    expect(exchanges.map(({ path, client }) => [path, client])).toEqual(Array(2).fill(['/token', 'bob-laptop']))
    expect(new Set(exchanges.map(carried)).size).toBe(1)
    expect(new Set(exchanges.map(({ node }) => node)).size).toBe(2)
    expect(exchanges.map(({ verdict }) => verdict).sort()).toEqual(['allowed', 'refresh-reused'])
    expect(family).toMatchObject({ state: 'revoked', revokedReason: 'reused' })
    const { json } = await call('POST', '/clients/bob-laptop/refresh', {})
    expect((await call('GET', `/exchanges/${json.exchanges[0]}`)).json.verdict).toBe('token-revoked')
  },
)

test.each(TRANSPORTS)(
  '%s, a grace of 10 s: both tabs are served, the family has two branches, and the client goes on',
  async (mechanism) => {
    const { call, exchanges, family } = await race(mechanism, 10)
    expect(exchanges.map(({ verdict }) => verdict)).toEqual(['allowed', 'allowed'])
    expect(new Set(exchanges.map(carried)).size).toBe(1)
    const [root, ...branches] = family.members
    expect(branches.map(({ parent }: { parent: string }) => parent)).toEqual([root.id, root.id])
    const { json } = await call('POST', '/clients/bob-laptop/refresh')
    expect((await call('GET', `/exchanges/${json.exchanges[0]}`)).json.verdict).toBe('allowed')
  },
)

test('eight tabs at once are the most; one more, none, and a session are refused with the reason', async () => {
  const { call, exchanges } = await race('jwt-bearer', 10, 8)
  expect(exchanges).toHaveLength(8)
  for (const times of [0, 9, 1.5, 'two']) {
    const { status, text } = await call('POST', '/clients/bob-laptop/refresh', { times })
    expect([status, text.includes('times')]).toEqual([400, true])
  }
  const session = await call('POST', '/clients/alice-laptop/refresh', { times: 2 })
  expect([session.status, session.json.message]).toEqual([409, 'A session has no refresh token: it rolls on each request.'])
})
