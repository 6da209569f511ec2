import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { nodeWorkerUrl, portalUrl } from '../../src/server/assets.ts'
import { createClockBuffer } from '../../src/server/clock.ts'
import { createDialBuffer } from '../../src/server/cluster/dials.ts'
import type { FromNode, NodeOrder, NodeTrace, NodeWorkerData } from '../../src/server/cluster/node-messages.ts'
import { unpackTraces } from '../../src/server/cluster/trace-batch.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { hs256Key } from '../../src/server/target-keys.ts'
import { LIFETIMES } from './support.ts'

interface Running {
  worker: Worker
  url: string
}

const folder = mkdtempSync(join(tmpdir(), 'nodes-'))
const targetDatabaseFile = join(folder, 'target.db')
const traces: NodeTrace[] = []
let database: Database.Database
let nodes: Running[]

const start = (nodeId: string, clockBuffer: SharedArrayBuffer): Promise<Running> => {
  const workerData: NodeWorkerData = {
    nodeId,
    dials: createDialBuffer(),
    portalDir: fileURLToPath(portalUrl()),
    targetDatabaseFile,
    clockBuffer,
    storeDials: createDialBuffer(),
    store: 'sqlite',
    redisUrl: null,
    leewaySeconds: 0,
    revocation: 'none',
    recheckAccount: false,
    cookiePrefix: false,
    extraClaims: 0,
    introspectionUrl: null,
    longestTokenSeconds: 900,
    keys: { cookieSecrets: ['one secret for all nodes'], tokenKeys: [hs256Key('key-1', new Uint8Array(32).fill(3))] },
    lifetimes: LIFETIMES,
    issuer: 'https://issuer.test',
    audience: 'https://api.test',
    weaknesses: [],
    isTracing: true,
    callTag: 'a tag',
    balancerSecret: 'known to no test',
  }
  const worker = new Worker(nodeWorkerUrl(), { workerData })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.on('message', (message: FromNode) => {
      if (message.kind === 'listening') resolve({ worker, url: `http://127.0.0.1:${message.port}` })
      if (message.kind === 'traces') traces.push(...unpackTraces(message.batch))
    })
  })
}

let orders = 0
const tell = ({ worker }: Running, order: NodeOrder): Promise<FromNode> => {
  const orderId = ++orders
  return new Promise((resolve) => {
    const listen = (message: FromNode) => {
      if (!('orderId' in message) || message.orderId !== orderId) return
      worker.off('message', listen)
      resolve(message)
    }
    worker.on('message', listen)
    worker.postMessage({ orderId, order })
  })
}

const logIn = async ({ url }: Running): Promise<string> => {
  const body = JSON.stringify({ username: 'alice', password: 'alice-pass' })
  const answer = await fetch(`${url}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  expect(answer.status).toBe(200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}
const statusAt = async ({ url }: Running, cookie: string, method = 'GET', path = '/me') =>
  (await fetch(url + path, { method, headers: { cookie } })).status
const nodeAt = (index: number): Running => {
  const node = nodes[index]
  if (!node) throw new Error(`no node ${index}`)
  return node
}

beforeAll(async () => {
  database = openDatabase(targetDatabaseFile, 'target').database
  const clockBuffer = createClockBuffer()
  nodes = await Promise.all(['node-1', 'node-2', 'node-3', 'node-4'].map((id) => start(id, clockBuffer)))
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => tell(node, 'close')))
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const count = (table: string) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()

test('nodes that start at once write the starting accounts once', () => {
  expect([count('accounts'), count('orders')]).toEqual([{ count: 3 }, { count: 3 }])
})

test('a session of one node is good at every other, until any of them ends it', async () => {
  const cookie = await logIn(nodeAt(0))
  expect(await Promise.all(nodes.map((node) => statusAt(node, cookie)))).toEqual([200, 200, 200, 200])
  expect(await statusAt(nodeAt(2), cookie, 'DELETE', '/session')).toBe(204)
  expect(await Promise.all(nodes.map((node) => statusAt(node, cookie)))).toEqual([401, 401, 401, 401])
})

test('logins at four nodes at once all succeed, each traced with its own row', async () => {
  traces.length = 0
  const cookies = await Promise.all(Array.from({ length: 80 }, (_, index) => logIn(nodeAt(index % 4))))
  expect(new Set(cookies).size).toBe(80)
  const logins = () => traces.filter((trace) => trace.mechanism === 'session' && trace.sessions.length > 0)
  // A trace is posted when the response has closed, which may be after its client has read it.
  await vi.waitFor(() => expect(logins()).toHaveLength(80), { timeout: 5000 })
  expect(new Set(logins().flatMap((trace) => trace.sessions.map((row) => row.id))).size).toBe(80)
})

test('a reset ends every session and brings the accounts back', async () => {
  const cookie = await logIn(nodeAt(1))
  database.prepare("UPDATE accounts SET role = 'user'").run()
  expect(await Promise.all(nodes.map((node) => tell(node, 'reset')))).toEqual(nodes.map(() => expect.objectContaining({ kind: 'done' })))
  expect(await statusAt(nodeAt(3), cookie)).toBe(401)
  expect(await statusAt(nodeAt(3), await logIn(nodeAt(2)), 'GET', '/admin/users')).toBe(200)
})
