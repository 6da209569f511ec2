import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import express from 'express'
import session, { MemoryStore } from 'express-session'
import jwt from 'jsonwebtoken'
import { portalUrl } from '../src/server/assets.ts'
import { createClockBuffer, LabClock } from '../src/server/clock.ts'
import { TraceOutbox } from '../src/server/cluster/trace-batch.ts'
import { connectDatabase, openDatabase } from '../src/server/storage/open.ts'
import { createTargetApp } from '../src/server/target/app.ts'
import type { ExchangeTrace } from '../src/server/target/trace.ts'
import { LIFETIMES } from '../src/server/target-defaults.ts'
import { hs256Key } from '../src/server/target-keys.ts'
import { STORES } from './me-stores.ts'

const SECRET = randomBytes(32)
const ISSUER = 'http://app.localhost'
const AUDIENCE = 'authlab-target'
const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-'))

/** What a node does with its traces, and the lab's thread with what it posts. */
function postTraces(): (trace: ExchangeTrace) => void {
  const reader = new Worker(new URL('./me-trace-reader.ts', import.meta.url))
  const outbox = new TraceOutbox((batch) => reader.postMessage(batch))
  return (trace) => outbox.add(trace)
}

/** The app under study on one of {@link STORES}. */
async function app(store: keyof typeof STORES, isTracing: boolean): Promise<RequestListener> {
  openDatabase(join(folder, 'target.db'), 'target').database.close()
  const target = createTargetApp({
    nodeId: 'node-1',
    clock: new LabClock(createClockBuffer()),
    database: connectDatabase(join(folder, 'target.db')),
    keys: { cookieSecrets: [SECRET.toString('hex')], tokenKeys: [hs256Key('k1', SECRET)] },
    lifetimes: LIFETIMES,
    issuer: ISSUER,
    audience: AUDIENCE,
    isTracing,
    createStorage: await STORES[store](folder),
    portalDir: fileURLToPath(portalUrl()),
    onTrace: isTracing ? postTraces() : () => undefined,
  })
  return target.app
}

/** The least an Express app does to answer `GET /me` by a session in memory: no account is looked up, nothing is checked. */
async function barest(): Promise<RequestListener> {
  const barestApp = express().use(
    session({ name: 'sid', secret: SECRET.toString('hex'), resave: false, saveUninitialized: false, store: new MemoryStore() }),
  )
  barestApp.post('/session', (request, response) => {
    Reflect.set(request.session, 'account', 'alice')
    response.json({})
  })
  barestApp.get('/me', (request, response) => void response.json({ user: { name: Reflect.get(request.session, 'account') } }))
  return barestApp
}

/**
 * `GET /me` as a plain Express 5 app does it with jsonwebtoken: the KeyObject is built once; algorithm, signature, issuer, audience, expiry and
 * `typ` are checked; the answer is the same JSON as the target's. It sets no header of its own and keeps Express's defaults.
 */
async function jsonwebtoken(): Promise<RequestListener> {
  const key = createSecretKey(SECRET)
  const plainApp = express()
  plainApp.post('/token', (_request, response) => {
    const claims = { role: 'admin', scope: 'profile orders:read admin:read' }
    const header = { alg: 'HS256', typ: 'at+jwt', kid: 'k1' } as const
    const options = { header, subject: 'alice', issuer: ISSUER, audience: AUDIENCE, jwtid: 'one', expiresIn: 900 } as const
    response.json({ access_token: jwt.sign(claims, key, options) })
  })
  plainApp.get('/me', (request, response) => {
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ')
    const { header, payload } = jwt.verify(token, key, { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, complete: true })
    if (scheme !== 'Bearer' || header.typ !== 'at+jwt' || typeof payload === 'string') {
      response.status(401).end()
      return
    }
    const { sub, role, scope } = payload
    response.json({ user: { name: sub, role, scopes: scope.split(' ') }, mechanism: 'jwt-bearer', node: 'node-1' })
  })
  return plainApp
}

/** Everything that can be measured; the name comes on the command line. */
const SUBJECTS: Record<string, () => Promise<RequestListener>> = {
  'our SQLite store': () => app('our SQLite store', false),
  'our SQLite store, tracing': () => app('our SQLite store', true),
  MemoryStore: () => app('MemoryStore', false),
  'connect-redis': () => app('connect-redis', false),
  'better-sqlite3-session-store': () => app('better-sqlite3-session-store', false),
  'barest app': barest,
  jsonwebtoken,
}

const start = SUBJECTS[process.argv[2] ?? '']
if (!start) throw new Error(`There is no subject ${process.argv[2]}.`)
const server = createServer(await start())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
