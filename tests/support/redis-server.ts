import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalRedis } from '../../src/server/cluster/local-redis.ts'
import { RedisConnection } from '../../src/server/storage/redis-connection.ts'

/** A real Redis server that can be killed, hung and started again where it was. */
export interface RedisUnderTest {
  url: string
  /** A connection that has reached it; closed with the server. */
  connect(onChange?: (isReachable: boolean) => void): Promise<RedisConnection>
  /** Kills it, as `kill -9` would. */
  kill(): Promise<void>
  /** Starts it again, empty, at the same port. */
  relaunch(): Promise<void>
  /** It keeps its connections and answers nothing. */
  hang(): void
  unhang(): void
  close(): Promise<void>
}

/** Starts `redis-server` in a folder of its own. Fails, with what to install, where there is none. */
export async function startRedis(): Promise<RedisUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-redis-test-'))
  let onLost = (): void => undefined
  const redis = await LocalRedis.start({ folder, onLost: () => onLost() })
  const connections: RedisConnection[] = []
  const signal = (name: NodeJS.Signals): void => {
    if (redis.pid !== null) process.kill(redis.pid, name)
  }
  return {
    url: redis.url,
    async connect(onChange) {
      const connection = await RedisConnection.open({ url: redis.url, onChange })
      connections.push(connection)
      await connection.whenReachable()
      return connection
    },
    kill: () =>
      new Promise((resolve) => {
        onLost = resolve
        signal('SIGKILL')
      }),
    relaunch: () => redis.launch(),
    hang: () => signal('SIGSTOP'),
    unhang: () => signal('SIGCONT'),
    async close() {
      for (const connection of connections) connection.close()
      signal('SIGCONT')
      await redis.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
