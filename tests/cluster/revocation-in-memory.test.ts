import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RevocationWay } from '../../src/contract/revocation.ts'
import { createClockBuffer } from '../../src/server/clock.ts'
import { startCluster } from '../../src/server/cluster/cluster.ts'
import { createDialBuffer } from '../../src/server/cluster/dials.ts'
import { NodesRevocations } from '../../src/server/cluster/nodes-revocations.ts'
import type { Cluster } from '../../src/server/cluster/running-cluster.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { LIFETIMES } from '../../src/server/target-defaults.ts'
import { hs256Key } from '../../src/server/target-keys.ts'
import { temporaryFolder } from './fixture.ts'

const KEYS = { cookieSecrets: ['a secret of this test only'], tokenKeys: [hs256Key('key-1', new Uint8Array(32))] }

interface Nodes {
  cluster: Cluster
  operator: NodesRevocations
  /** Sends to one node past the balancer; `node` counts from 0. */
  send(node: number, method: string, path: string, given?: { token?: string; body?: unknown }): Promise<Response>
}

/** Nodes that keep what ended early in their own memory. */
const start = async (revocation: RevocationWay, count = 2): Promise<Nodes> => {
  const targetDatabaseFile = join(await temporaryFolder(), 'target.db')
  openDatabase(targetDatabaseFile, 'target').database.close()
  const cluster = await startCluster({
    nodes: count,
    settings: {
      targetDatabaseFile,
      clockBuffer: createClockBuffer(),
      storeDials: createDialBuffer(),
      store: 'memory',
      redisUrl: null,
      leewaySeconds: 0,
      revocation,
      recheckAccount: false,
      cookiePrefix: false,
      extraClaims: 0,
      introspectionUrl: null,
      longestTokenSeconds: 900,
      keys: KEYS,
      lifetimes: LIFETIMES,
      issuer: 'http://127.0.0.1:4700',
      audience: 'http://127.0.0.1:4700',
      weaknesses: [],
      isTracing: true,
    },
    onTrace: () => undefined,
    onNodeChange: () => undefined,
    onNodeCrash: () => undefined,
  })
  onTestFinished(() => cluster.close())
  const send: Nodes['send'] = (node, method, path, { token, body } = {}) =>
    fetch(`http://127.0.0.1:${cluster.nodes()[node]?.port}${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
  return { cluster, operator: new NodesRevocations(() => cluster.directories()), send }
}

const logIn = async ({ send }: Nodes, node: number, username = 'alice') => {
  const body = { grant_type: 'password', username, password: `${username}-pass` }
  const { access_token, refresh_token } = await (await send(node, 'POST', '/token', { body })).json()
  const claims = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())
  return { token: access_token as string, refresh: refresh_token as string, claims }
}

const statuses = ({ send, cluster }: Nodes, token: string): Promise<number[]> =>
  Promise.all(cluster.nodes().map(async (_, node) => (await send(node, 'GET', '/me', { token })).status))

test.each(['denylist', 'not-before', 'version'] as const)('%s: what a client revokes reaches the one node that it asked', async (way) => {
  const nodes = await start(way)
  const { token, refresh } = await logIn(nodes, 0)
  expect(await statuses(nodes, token)).toEqual([200, 200])
  expect((await nodes.send(0, 'POST', '/token/revoke', { body: { token: refresh } })).status).toBe(200)
  expect(await statuses(nodes, token)).toEqual([401, 200])
})

test.each(['denylist', 'not-before', 'version'] as const)('%s: what the operator revokes reaches every node that is up', async (way) => {
  const nodes = await start(way)
  const [alice, bob] = [await logIn(nodes, 0), await logIn(nodes, 1, 'bob')]
  const { jti, sid, exp } = alice.claims
  const revoked = await nodes.operator.revokeToken({ jti, sid, account: 'alice', expiresAt: exp * 1000 })
  expect(revoked).toMatchObject({ way, scope: 'token', isCollateral: way !== 'denylist' })
  expect(revoked.entries.length + (revoked.mark ? 1 : 0)).toBe(1)
  expect([await statuses(nodes, alice.token), await statuses(nodes, bob.token)]).toEqual([
    [401, 401],
    [200, 200],
  ])
  expect(await nodes.operator.counts()).toEqual(way === 'denylist' ? { denied: 2, marks: 0 } : { denied: 0, marks: 2 })
  const listed =
    way === 'denylist' ? await nodes.operator.listDenied({ q: '', limit: 9 }) : await nodes.operator.listMarks({ q: '', limit: 9 })
  expect(listed).toMatchObject([{ account: 'alice' }])
})

test('a killed node forgets: started again it accepts what the others refuse', async () => {
  const nodes = await start('denylist')
  const { token, claims } = await logIn(nodes, 0)
  await nodes.operator.revokeDevice(claims.sid, 'alice')
  expect(await statuses(nodes, token)).toEqual([401, 401])
  await nodes.cluster.kill('node-2')
  await nodes.operator.revokeAccount('alice', [])
  await nodes.cluster.start('node-2')
  expect(await statuses(nodes, token)).toEqual([401, 200])
})

test('with no node up there is no memory to write to, and that is said', async () => {
  const nodes = await start('denylist', 1)
  await nodes.cluster.kill('node-1')
  await expect(nodes.operator.revokeDevice('0'.repeat(32), 'alice')).rejects.toMatchObject({ code: 'store-unavailable' })
  expect(await nodes.operator.listDenied({ q: '', limit: 9 })).toEqual([])
})
