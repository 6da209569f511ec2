import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express from 'express'
import session, { MemoryStore } from 'express-session'
import jwt from 'jsonwebtoken'
import { portalUrl } from '../src/server/assets.ts'
import { createClockBuffer, LabClock } from '../src/server/clock.ts'
import { openDatabase } from '../src/server/storage/open.ts'
import { createTargetApp } from '../src/server/target/app.ts'

const SECRET = randomBytes(32)
const folder = mkdtempSync(join(tmpdir(), 'authlab-bench-'))

function ours(isTracing: boolean): RequestListener {
  const { database } = openDatabase(join(folder, 'target.db'), 'target')
  const { app } = createTargetApp({
    nodeId: 'node-1',
    clock: new LabClock(createClockBuffer()),
    database,
    keys: { cookieSecrets: [SECRET.toString('hex')], tokenKeyId: 'k1', tokenSecret: SECRET },
    lifetimes: { sessionIdle: 1800, sessionAbsolute: 43_200, accessToken: 900 },
    issuer: 'http://app.localhost',
    audience: 'authlab-target',
    isTracing,
    portalDir: fileURLToPath(portalUrl()),
    // What a node does with a trace: it is stringified before it leaves the thread.
    onTrace: ({ steps }) => void JSON.stringify(steps),
  })
  return app
}

/** The least an Express app does to answer `GET /me` by a session in memory. */
function memoryStore(): RequestListener {
  const app = express().use(
    session({ name: 'sid', secret: SECRET.toString('hex'), resave: false, saveUninitialized: false, store: new MemoryStore() }),
  )
  app.post('/session', (request, response) => {
    Reflect.set(request.session, 'account', 'alice')
    response.json({})
  })
  app.get('/me', (request, response) => void response.json({ user: { name: Reflect.get(request.session, 'account') } }))
  return app
}

/** The least an Express app does to answer `GET /me` by an HS256 token, with the key built once. */
function jsonwebtoken(): RequestListener {
  const key = createSecretKey(SECRET)
  const app = express()
  app.post('/token', (_request, response) => {
    response.json({ access_token: jwt.sign({ sub: 'alice', role: 'admin' }, key, { expiresIn: 900, issuer: 'i', audience: 'a' }) })
  })
  app.get('/me', (request, response) => {
    const claims = jwt.verify(request.headers.authorization?.slice(7) ?? '', key, { algorithms: ['HS256'], issuer: 'i', audience: 'a' })
    response.json({ user: { name: claims.sub } })
  })
  return app
}

const SUBJECTS: Record<string, () => RequestListener> = {
  'ours, tracing': () => ours(true),
  'ours, no tracing': () => ours(false),
  MemoryStore: memoryStore,
  jsonwebtoken,
}

const server = createServer(SUBJECTS[process.argv[2] ?? '']?.())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
