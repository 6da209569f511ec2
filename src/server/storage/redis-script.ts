import { createHash } from 'node:crypto'
import type { RedisConnection } from './redis-connection.ts'

/** A script that runs as one step inside Redis: nothing gets in between what it reads and what it writes. */
export interface RedisScript {
  readonly source: string
  /** What `EVALSHA` takes. */
  readonly sha1: string
}

/** A script of this Lua source. */
export const redisScript = (source: string): RedisScript => ({ source, sha1: createHash('sha1').update(source).digest('hex') })

/**
 * Runs a script: by its digest; in full where the server has not seen it yet, or has been started anew since.
 * @param values its ARGV
 * @throws LabError `store-unavailable`
 */
export function runScript(
  connection: RedisConnection,
  { source, sha1 }: RedisScript,
  key: string,
  values: readonly (string | number)[],
): Promise<unknown> {
  const rest = ['1', key, ...values.map(String)]
  return connection.run(async (client) => {
    try {
      return await client.sendCommand(['EVALSHA', sha1, ...rest])
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return client.sendCommand(['EVAL', source, ...rest])
    }
  })
}

/** Fields of a hash by name. */
export type RedisFields = Readonly<Record<string, string>>

/** A flat list of names and values, as a script answers it; empty for anything else. */
export function toFields(reply: unknown): RedisFields {
  if (!Array.isArray(reply)) return {}
  return Object.fromEntries(reply.flatMap((name, index) => (index % 2 === 0 ? [[String(name), String(reply[index + 1])]] : [])))
}
