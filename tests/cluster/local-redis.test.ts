import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isRedisInstalled, LocalRedis } from '../../src/server/cluster/local-redis.ts'
import { RedisConnection } from '../../src/server/storage/redis-connection.ts'

let folder: string
const started: LocalRedis[] = []
const start = async (options: { onLost?: () => void } = {}): Promise<LocalRedis> => {
  const redis = await LocalRedis.start({ folder, ...options })
  started.push(redis)
  return redis
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-local-redis-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const redis of started.splice(0)) await redis.stop()
  rmSync(folder, { recursive: true, force: true })
})

const record = () => JSON.parse(readFileSync(join(folder, 'local-redis.json'), 'utf8'))
const command = async (url: string, ...words: string[]) => {
  const connection = await RedisConnection.open({ url })
  try {
    await connection.whenReachable(1000)
    return await connection.run((client) => client.sendCommand(words))
  } finally {
    connection.close()
  }
}
/** Whether anything listens there. */
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', (hadError) => resolve(!hadError))
  })

test('it answers to its password only, on loopback only, and writes nothing to disk', async () => {
  const redis = await start()
  expect(await command(redis.url, 'PING')).toBe('PONG')
  await expect(command(redis.url.replace(/:[^:@]+@/, ''), 'PING')).rejects.toMatchObject({
    code: expect.stringMatching(/unreachable|unavailable/),
  })
  const config = async (name: string) => Object.values((await command(redis.url, 'CONFIG', 'GET', name)) as object).at(-1)
  expect(await Promise.all(['bind', 'save', 'appendonly', 'protected-mode'].map(config))).toEqual(['127.0.0.1', '', 'no', 'yes'])
})

test.runIf(process.platform === 'linux')('the password is in files that only their owner reads, and on no command line', async () => {
  const redis = await start()
  const { password, folder: own } = record()
  expect(redis.url).toContain(password)
  expect(password).toMatch(/^[\w-]{43}$/)
  expect(readFileSync(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(password)
  for (const file of [join(folder, 'local-redis.json'), join(own, 'redis.conf')]) expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(own).mode & 0o777).toBe(0o700)
})

test('stopping it frees the port and leaves no file', async () => {
  const redis = await start()
  const { port, folder: own } = record()
  await redis.stop()
  expect([await isOpen(port), existsSync(own), readdirSync(folder), redis.pid]).toEqual([false, false, [], null])
})

test('one that outlived its lab is ended at the next start, and its folder removed', async () => {
  const forgotten = await start()
  const { port, folder: own } = record()
  const next = await start()
  expect([await isOpen(port), existsSync(own), next.url === forgotten.url]).toEqual([false, false, false])
  expect(await command(next.url, 'PING')).toBe('PONG')
})

test('another server that took the port of a dead one is left alone, even without a password', async () => {
  const dead = await start()
  const { port } = record()
  copyFileSync(join(folder, 'local-redis.json'), join(folder, 'kept'))
  await dead.stop()
  copyFileSync(join(folder, 'kept'), join(folder, 'local-redis.json'))
  const stranger = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  })
  try {
    while (!(await isOpen(port))) await new Promise((resolve) => setTimeout(resolve, 10))
    await start()
    expect(await command(`redis://127.0.0.1:${port}`, 'PING')).toBe('PONG')
  } finally {
    stranger.kill('SIGKILL')
    await once(stranger, 'exit')
  }
})

test('a record that cannot be read does not keep the next one from starting', async () => {
  writeFileSync(join(folder, 'local-redis.json'), '{"port":1,"password":"x\\r\\nFLUSHALL"}')
  expect(await command((await start()).url, 'PING')).toBe('PONG')
})

test('its end is told when nobody asked for it, and it can be launched again where it was', async () => {
  let tell = (): void => undefined
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  const redis = await start({ onLost: () => tell() })
  const { url } = redis
  await command(url, 'SET', 'a', '1')
  process.kill(redis.pid ?? 0, 'SIGKILL')
  await told
  expect(redis.pid).toBeNull()
  await redis.launch()
  expect([redis.url, await command(url, 'GET', 'a')]).toEqual([url, null])
})

test('without redis-server on PATH the error says what to install', async () => {
  expect(isRedisInstalled()).toBe(true)
  vi.stubEnv('PATH', dirname(folder))
  expect(isRedisInstalled()).toBe(false)
  await expect(start()).rejects.toMatchObject({
    code: 'redis-not-installed',
    message: expect.stringContaining('apt-get install redis-server'),
  })
})
