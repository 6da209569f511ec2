import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RedisConnection, withoutPassword } from '../../src/server/storage/redis-connection.ts'
import { RedisSessionRecords } from '../../src/server/storage/redis-session-records.ts'
import { recordsOfConnectRedis } from '../../src/server/target/sessions/connect-redis-records.ts'
import { TimedSessionStore } from '../../src/server/target/sessions/timed-session-store.ts'
import { type RedisUnderTest, startRedis } from '../support/redis-server.ts'
import { sessionOf } from '../support/session-data.ts'
import { ask, fetchSession } from '../support/session-store-contract.ts'
import { ManualClock } from '../support/target-database.ts'

let redis: RedisUnderTest
beforeEach(async () => {
  redis = await startRedis()
})
afterEach(() => redis.close())

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

/** A server that takes connections and says nothing. */
const listen = async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** A store over a connection, and the states that the connection told. */
const openStore = async () => {
  const states: boolean[] = []
  const waiting: (() => void)[] = []
  const connection = await redis.connect((isReachable) => {
    states.push(isReachable)
    for (const wake of waiting.splice(0)) wake()
  })
  const store = new TimedSessionStore({
    records: recordsOfConnectRedis(new RedisSessionRecords(connection)),
    ...{ clock: new ManualClock(), idleSeconds: 60, absoluteSeconds: 600, nodeId: 'node-1', purgeEverySeconds: 0 },
  })
  const nextState = () => new Promise<void>((resolve) => waiting.push(resolve))
  const save = (sid: string) => ask((done) => store.set(sid, sessionOf(), done))
  return { connection, store, states, nextState, save }
}

describe('a Redis that is lost in the middle', () => {
  test('fails every use with store-unavailable, those on their way too, and none is made up for later', async () => {
    const { store, states, nextState, save } = await openStore()
    await save('before')
    const lost = nextState()
    const onTheirWay = Array.from({ length: 50 }, (_none, n) => failure(save(`a${n}`)))
    await redis.kill()
    await lost
    for (const answer of await Promise.all(onTheirWay)) if (answer) expect(answer).toMatchObject({ code: 'store-unavailable' })
    const uses = [
      fetchSession(store, 'before'),
      save('while it is gone'),
      ask((done) => store.touch('before', sessionOf(), done)),
      ask((done) => store.destroy('before', done)),
      ask<number>((done) => store.length(done)),
      Promise.resolve(store.look('before')),
      store.purge(),
    ]
    for (const use of uses) expect(await failure(use)).toMatchObject({ code: 'store-unavailable' })
    const found = nextState()
    await redis.relaunch()
    await found
    expect(states).toEqual([true, false, true])
    // In memory only: whatever was in it is gone, and the commands of before are not sent again.
    expect(await ask<number>((done) => store.length(done))).toBe(0)
    await save('after')
    expect(await fetchSession(store, 'after')).not.toBeNull()
  })

  test('recovers on both of two connections, also from a second loss', async () => {
    const nodes = [await openStore(), await openStore()]
    for (let round = 0; round < 2; round++) {
      const lost = nodes.map((node) => node.nextState())
      await redis.kill()
      await Promise.all(lost)
      const found = nodes.map((node) => node.nextState())
      await redis.relaunch()
      await Promise.all(found)
      for (const [index, node] of nodes.entries()) await node.save(`${round} ${index}`)
      for (const node of nodes) expect(await ask<number>((done) => node.store.length(done))).toBe(2)
    }
    expect(nodes.map((node) => node.states)).toEqual([1, 2].map(() => [true, false, true, false, true]))
  })
})

test('a Redis that hangs fails what waits for it after a while and the rest at once, and is used again when it answers', async () => {
  const { store, states, nextState, save } = await openStore()
  await save('a')
  redis.hang()
  expect(await failure(fetchSession(store, 'a'))).toMatchObject({ code: 'store-unavailable' })
  expect(states).toEqual([true, false])
  const race = await Promise.race([failure(fetchSession(store, 'a')), new Promise((resolve) => setImmediate(resolve, 'waits'))])
  expect(race).toMatchObject({ code: 'store-unavailable' })
  const found = nextState()
  redis.unhang()
  await found
  expect(await fetchSession(store, 'a')).not.toBeNull()
})

test('what Redis refuses is store-unavailable too', async () => {
  const { connection, save } = await openStore()
  await connection.run((client) => client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']))
  expect(await failure(save('a'))).toMatchObject({ code: 'store-unavailable', cause: { message: expect.stringMatching(/^OOM/) } })
  await connection.run((client) => client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']))
  await save('a')
})

describe('a Redis that was never there', () => {
  const reasonAt = async (url: string) => {
    const connection = await RedisConnection.open({ url })
    const error = await failure(connection.whenReachable(300))
    connection.close()
    return error
  }

  test('is an error that says where, why and what to do, without the password', async () => {
    const { server: closed, port } = await listen()
    await new Promise((resolve) => closed.close(resolve))
    const error = await reasonAt(`redis://:secret-word@127.0.0.1:${port}`)
    expect(error).toMatchObject({ code: 'redis-unreachable', message: expect.stringContaining(`redis://127.0.0.1:${port}`) })
    expect(String(error)).toMatch(/ECONNREFUSED.*Start it/)
    expect(String(error)).not.toContain('secret-word')
  })

  test('a wrong password is told as such', async () => {
    const url = redis.url.replace(/:[^:@]+@/, ':wrong@')
    expect(String(await reasonAt(url))).toContain('WRONGPASS')
  })

  test.each(['redis://:%zz-password@127.0.0.1:6379', 'redis://:password@127.0.0.1:6379/not-a-number'])(
    'a URL that says no Redis is refused with how it is written, without its password: %s',
    async (url) => {
      const refusal = await failure(RedisConnection.open({ url }))
      expect(refusal).toMatchObject({ code: 'redis-unreachable', message: expect.stringContaining('percent-encoded') })
      expect(String(refusal)).not.toContain('password@')
    },
  )

  test('a server that is no Redis and says nothing is given up', async () => {
    const { server: silent, port } = await listen()
    expect(await reasonAt(`redis://127.0.0.1:${port}`)).toMatchObject({ code: 'redis-unreachable' })
    silent.close()
  })
})

test.each([
  ['redis://user:password@host:6379/2', 'redis://host:6379/2'],
  ['redis://password@host:6379', 'redis://host:6379'],
  ['redis://host:6379/0?password=password', 'redis://host:6379/0'],
  ['redis://:password@127.0.0.1:6379', 'redis://127.0.0.1:6379'],
  ['not a url', 'an address that is not a URL'],
])('%s is shown as %s', (url, shown) => expect(withoutPassword(url)).toBe(shown))
