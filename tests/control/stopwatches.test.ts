import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StoreKind } from '../../src/contract/cluster.ts'
import type { DenylistEntry } from '../../src/contract/denylist.ts'
import type { RevocationWay } from '../../src/contract/revocation.ts'
import type { Revocation } from '../../src/contract/revocations.ts'
import type { IssuedToken } from '../../src/contract/tokens.ts'
import { startTestLab, type TestLab } from '../support/start-lab.ts'

const NODES = 3

let testLab: TestLab
const call: TestLab['call'] = (...args) => testLab.call(...args)
beforeAll(async () => {
  testLab = await startTestLab(['--nodes', String(NODES), '--strategy', 'round-robin'])
})
afterAll(() => testLab.close())

interface Login {
  access: string
  refresh: string
  jti: string
}

/** Sends a request and waits until the lab knows all of it. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(`${testLab.lab.balancerUrl}${path}`, init)
  await call('GET', `/exchanges/${answer.headers.get('x-authlab-exchange')}`)
  return answer
}

async function logIn(username: string): Promise<Login> {
  const body = new URLSearchParams({ grant_type: 'password', username, password: `${username}-pass` })
  const { access_token, refresh_token } = (await (await ask('/token', { method: 'POST', body })).json()) as Record<string, string>
  const [newest] = (await call('GET', '/tokens?limit=1')).json as IssuedToken[]
  return { access: String(access_token), refresh: String(refresh_token), jti: newest?.jti ?? '' }
}

/** Verdicts of as many requests as there are nodes, one at each. */
async function atEveryNode({ access }: Login): Promise<string[]> {
  const verdicts: string[] = []
  for (let count = 0; count < NODES; count++) {
    const answer = await ask('/me', { headers: { Authorization: `Bearer ${access}` } })
    verdicts.push(((await answer.json()) as { verdict?: string }).verdict ?? 'allowed')
  }
  return verdicts
}

const newestRevocation = async () => ((await call('GET', '/revocations')).json as Revocation[])[0]
const tokenOf = async ({ jti }: Login) => ((await call('GET', `/tokens?q=${jti}`)).json as IssuedToken[])[0]
const denylist = async (query = '') => (await call('GET', `/denylist${query}`)).json as DenylistEntry[]
const familyOf = async (account: string) => (await call('GET', `/refresh-families?account=${account}`)).json[0].id as string

const allRefused = Array<string>(NODES).fill('token-revoked')
const allAllowed = Array<string>(NODES).fill('allowed')
const isAccountWide = (way: RevocationWay) => way === 'not-before' || way === 'version'
/** Rows that nodes keep for one revocation. */
const rowsIn = (store: StoreKind) => (store === 'memory' ? NODES : 1)

const STORES = ['memory', 'sqlite', 'redis'] as const
const WAYS = ['denylist', 'not-before', 'version', 'introspection'] as const

describe.each(STORES.flatMap((store) => WAYS.map((way) => [way, store] as const)))('by %s in %s', (way, store) => {
  // Once for all of them: each has tokens of its own.
  beforeAll(async () => {
    await call('POST', '/lab/reset')
    expect((await call('PATCH', '/cluster', { store, revocation: way })).status).toBe(200)
  })

  test('one token: not one request is accepted after the operator revoked it, on no node', async () => {
    const revoked = await logIn('bob')
    const sibling = await logIn('bob')
    expect(await atEveryNode(revoked)).toEqual(allAllowed)
    const answer = (await call('POST', `/tokens/${revoked.jti}/revoke`)).json
    expect(answer).toMatchObject({ way, scope: 'token', by: 'operator', rowsKept: rowsIn(store), collateral: isAccountWide(way) ? 1 : 0 })
    expect(await atEveryNode(revoked)).toEqual(allRefused)
    expect(await newestRevocation()).toMatchObject({ accepted: 0, lastAcceptedMs: null, refused: NODES })
    expect((await newestRevocation())?.firstRefusedMs).toBeGreaterThan(0)
    expect(await tokenOf(revoked)).toMatchObject({ state: 'revoked', revokedBy: 'operator', revocation: answer.id })
    expect(await atEveryNode(sibling)).toEqual(isAccountWide(way) ? allRefused : allAllowed)
    expect(await tokenOf(sibling)).toMatchObject({
      state: isAccountWide(way) ? 'revoked' : 'active',
      revokedBy: isAccountWide(way) ? 'operator' : null,
    })
    expect((await newestRevocation())?.refused).toBe(NODES)
  })

  test('one device: its tokens end, and its family with them', async () => {
    const revoked = await logIn('bob')
    const answer = (await call('POST', `/refresh-families/${await familyOf('bob')}/revoke`)).json
    expect(answer).toMatchObject({ way, scope: 'device', rowsKept: rowsIn(store), collateral: 0 })
    expect(await atEveryNode(revoked)).toEqual(allRefused)
    expect(await newestRevocation()).toMatchObject({ accepted: 0, refused: NODES })
    const again = await logIn('bob')
    expect(await atEveryNode(again)).toEqual(allAllowed)
    expect(await newestRevocation()).toMatchObject({ accepted: 0, refused: NODES })
    expect([(await tokenOf(revoked))?.state, (await tokenOf(again))?.state]).toEqual(['revoked', 'active'])
  })

  test('everything: all tokens of the account end, those of others and later ones are good', async () => {
    const [first, second, other] = [await logIn('bob'), await logIn('bob'), await logIn('alice')]
    const { revocations } = (await call('DELETE', '/accounts/bob/sessions')).json
    expect(revocations).toMatchObject([{ way, scope: 'account', account: 'bob', collateral: 0 }])
    const [{ rowsKept }] = revocations
    // On the denylist there is a row for each family that can have a live token, and those of the tests before are among them.
    if (isAccountWide(way)) expect(rowsKept).toBe(rowsIn(store))
    else expect(rowsKept).toBeGreaterThanOrEqual(2 * rowsIn(store))
    const later = await logIn('bob')
    expect([...(await atEveryNode(first)), ...(await atEveryNode(second))]).toEqual([...allRefused, ...allRefused])
    expect([...(await atEveryNode(other)), ...(await atEveryNode(later))]).toEqual([...allAllowed, ...allAllowed])
    expect(await newestRevocation()).toMatchObject({ accepted: 0, refused: 2 * NODES })
  })

  test(`a client's own revocation through one node ${store === 'memory' ? 'reaches that node alone, and the others are counted' : 'reaches all of them'}`, async () => {
    const login = await logIn('bob')
    // In memory only the node that began the family knows it: all are asked, one of them revokes.
    for (let count = 0; count < (store === 'memory' ? NODES : 1); count++) {
      await ask('/token/revoke', { method: 'POST', body: new URLSearchParams({ token: login.refresh }) })
    }
    const { sid } = (await tokenOf(login)) as IssuedToken
    const revocations = ((await call('GET', '/revocations')).json as Revocation[]).filter((revocation) => revocation.sid === sid)
    expect(revocations).toMatchObject([{ scope: 'device', by: 'client', way, rowsKept: null, accepted: 0, refused: 0 }])
    const verdicts = await atEveryNode(login)
    const isLocal = store === 'memory'
    expect(verdicts.toSorted()).toEqual(isLocal ? ['allowed', 'allowed', 'token-revoked'] : allRefused)
    expect(await newestRevocation()).toMatchObject({ accepted: isLocal ? 2 : 0, refused: isLocal ? 1 : NODES })
    expect(await tokenOf(login)).toMatchObject({ state: isLocal ? 'active' : 'revoked', revokedBy: 'client' })
  })

  test('what is kept for it is listed, where it is kept and whether nodes ask for it', async () => {
    const login = await logIn('bob')
    const { at } = (await call('POST', `/tokens/${login.jti}/revoke`)).json as Revocation
    const isRow = !isAccountWide(way)
    const [entry] = await denylist(isRow ? `?q=${login.jti}` : '?q=bob')
    expect(entry).toMatchObject({
      kind: isRow ? 'jti' : way,
      account: 'bob',
      store,
      nodes: store === 'memory' ? NODES : null,
      isAsked: true,
    })
    expect(Math.abs((entry?.addedAt ?? 0) - at)).toBeLessThan(1000)
    if (isRow) expect(entry).toMatchObject({ value: login.jti, expiresAt: (await tokenOf(login))?.expiresAt })
    else expect(entry).toMatchObject({ expiresAt: null, value: way === 'version' ? expect.any(Number) : entry?.addedAt })
    expect(await denylist('?q=nobody')).toEqual([])
    await call('PATCH', '/cluster', { revocation: 'none' })
    const [kept] = await denylist(isRow ? `?q=${login.jti}` : '?q=bob')
    // In the memory of a node it ends with the node's restart, and another way is a restart.
    expect(kept).toEqual(store === 'memory' ? undefined : { ...entry, isAsked: false })
    expect((await tokenOf(login))?.state).toBe('active')
  })
})

test('a store that is cut off refuses every token, counts as neither, and nothing can be revoked in it', async () => {
  await call('POST', '/lab/reset')
  await call('PATCH', '/cluster', { revocation: 'denylist' })
  const login = await logIn('bob')
  await call('POST', `/tokens/${login.jti}/revoke`)
  await call('PATCH', '/cluster', { storeOut: true })
  expect(await atEveryNode(login)).toEqual(Array(NODES).fill('store-unavailable'))
  expect(await newestRevocation()).toMatchObject({ accepted: 0, refused: 0 })
  await call('PATCH', '/cluster', { storeOut: false })
  expect(await atEveryNode(login)).toEqual(allRefused)
  expect(await newestRevocation()).toMatchObject({ accepted: 0, refused: NODES })
})
