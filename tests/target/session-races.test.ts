import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Step } from '../../src/contract/step.ts'
import { readSteps } from '../../src/server/storage/step-record.ts'
import { createSessionMiddleware } from '../../src/server/target/session-middleware.ts'
import { type OpenedStorage, openStorage } from '../../src/server/target/sessions/shared-storage.ts'
import { traceExchanges } from '../../src/server/target/trace.ts'
import { TracedSessionStore, traceWatch } from '../../src/server/target/traced-session-store.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { ManualClock, type TemporaryDatabase, temporaryTargetDatabase } from '../support/target-database.ts'

let redis: RedisUnderTest
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.close())

/** A shop of a few lines whose requests wait, with their session loaded, until they are let on. */
const openShop = async (opened: OpenedStorage, { database }: TemporaryDatabase) => {
  const deps = { database, clock: new ManualClock(), nodeId: 'node-1', idleSeconds: 60, absoluteSeconds: 600 }
  const storage = opened.createStorage(deps, traceWatch)
  const steps = new Map<string, Step[]>()
  const told: (() => void)[] = []
  const onTrace = ({ exchangeId, stepsJson }: { exchangeId: string; stepsJson: string }) => {
    steps.set(exchangeId, readSteps(stepsJson))
    for (const wake of told.splice(0)) wake()
  }
  const waiting = new Map<string, () => void>()
  const app = express()
  app.use(traceExchanges({ nodeId: 'node-1', isTracing: true, onTrace }))
  app.use(createSessionMiddleware(new TracedSessionStore(storage), ['a secret for these tests']))
  app.post('/cart/:item', async (request, response) => {
    const { item } = request.params
    if (request.query['wait'] !== undefined) await new Promise<void>((resolve) => waiting.set(item, resolve))
    request.session.cart = [...(request.session.cart ?? []), item]
    response.json(request.session.cart)
  })
  app.post('/login', (request, response) => request.session.regenerate(() => response.json(null)))
  app.get('/cart', (request, response) => void response.json(request.session.cart ?? null))
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = async (id: string, method: string, path: string, cookie = '') => {
    const answer = await fetch(url + path, { method, headers: { cookie, 'x-authlab-exchange': id } })
    const body: unknown = await answer.json()
    while (!steps.has(id)) await new Promise<void>((resolve) => told.push(resolve))
    const kinds = (steps.get(id) ?? []).map(({ kind }) => kind)
    return { body, kinds, steps: steps.get(id) ?? [], cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie }
  }
  /** The request for this item has loaded its session. */
  const hasLoaded = async (item: string) => {
    while (!waiting.has(item)) await new Promise((resolve) => setImmediate(resolve))
  }
  const letOn = (item: string) => waiting.get(item)?.()
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    storage.close()
  }
  return { send, hasLoaded, letOn, close }
}

describe.each(['memory', 'sqlite', 'redis'] as const)('two requests at once with one session in %s', (kind) => {
  let temporary: TemporaryDatabase
  let opened: OpenedStorage
  let shop: Awaited<ReturnType<typeof openShop>>
  beforeEach(async () => {
    temporary = temporaryTargetDatabase()
    opened = await openStorage(kind, kind === 'redis' ? redis.url : null)
    shop = await openShop(opened, temporary)
  })
  afterEach(async () => {
    await shop.close()
    opened.close()
    temporary.close()
  })

  test('lose the update of the one that saved first, and the story of the other says so', async () => {
    const { cookie } = await shop.send('first', 'POST', '/cart/bread')
    const apple = shop.send('apple', 'POST', '/cart/apple?wait', cookie)
    const pear = shop.send('pear', 'POST', '/cart/pear?wait', cookie)
    await Promise.all(['apple', 'pear'].map(shop.hasLoaded))
    shop.letOn('apple')
    expect((await apple).kinds).not.toContain('session-overwrite')
    shop.letOn('pear')
    const told = (await pear).steps.filter((step) => step.kind === 'session-overwrite')
    expect(told).toMatchObject([{ outcome: 'info', evidence: { loadedVersion: 1, storedVersion: 2 } }])
    expect((await shop.send('after', 'GET', '/cart', cookie)).body).toEqual(['bread', 'pear'])
  })

  test('of which one logs in: the other’s save is refused and told, and the old id stays dead', async () => {
    const { cookie } = await shop.send('first', 'POST', '/cart/bread')
    const slow = shop.send('slow', 'POST', '/cart/apple?wait', cookie)
    await shop.hasLoaded('apple')
    await shop.send('login', 'POST', '/login', cookie)
    shop.letOn('apple')
    const { kinds } = await slow
    expect(kinds).toContain('session-save-refused')
    expect(kinds).not.toContain('session-write')
    expect((await shop.send('after', 'GET', '/cart', cookie)).body).toBeNull()
  })
})
