import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { TokenAlgorithm } from '../contract/token-algorithm.ts'
import { LabError } from './errors.ts'
import { hs256Key, type SecretJwk, type TargetKeys } from './target-keys.ts'

const FILE = 'keys.json'

const Time = z.number().nullable()
const Jwk = z
  .looseObject({ kty: z.string() })
  .pipe(z.custom<SecretJwk>((jwk) => Object.values(jwk as object).every((member) => typeof member === 'string')))

const KeyRecord = z.strictObject({
  kid: z.string().min(1),
  alg: TokenAlgorithm,
  createdAt: Time,
  /** When another took its place; null for the one that signs. */
  replacedAt: Time,
  retiredAt: Time,
  /** Null when it is retired: its secret is not kept. */
  jwk: Jwk.nullable(),
})
/** A key as it is written down. Times are of the lab clock, Unix milliseconds. */
export type KeyRecord = z.infer<typeof KeyRecord>

const CookieSecretRecord = z.strictObject({ secret: z.string().min(43), createdAt: Time })
/** A secret of the session cookie as it is written down. */
export type CookieSecretRecord = z.infer<typeof CookieSecretRecord>

const KeyRecords = z.strictObject({
  version: z.literal(2),
  /** The newest, which signs, first. */
  cookieSecrets: z.tuple([CookieSecretRecord], CookieSecretRecord),
  /** The newest, which signs, first. */
  tokenKeys: z.tuple([KeyRecord], KeyRecord),
})
/** All that the keys file holds. */
export type KeyRecords = z.infer<typeof KeyRecords>

const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/** The file as it was before keys could be rotated: one HS256 key, no version. */
const FirstFormat = z.strictObject({ cookieSecrets: z.array(Secret).min(1), tokenKeyId: z.string().min(1), tokenSecret: Secret })

const migrate = ({ cookieSecrets, tokenKeyId, tokenSecret }: z.infer<typeof FirstFormat>): KeyRecords =>
  KeyRecords.parse({
    version: 2,
    cookieSecrets: cookieSecrets.map((secret) => ({ secret, createdAt: null })),
    tokenKeys: [
      {
        kid: tokenKeyId,
        alg: 'HS256',
        createdAt: null,
        replacedAt: null,
        retiredAt: null,
        jwk: hs256Key(tokenKeyId, Buffer.from(tokenSecret, 'base64url')).jwk,
      },
    ],
  })

function read(path: string): KeyRecords | null {
  const text = readFileSync(path, 'utf8')
  try {
    const content: unknown = JSON.parse(text)
    const first = FirstFormat.safeParse(content)
    return first.success ? migrate(first.data) : KeyRecords.parse(content)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

/** What nodes are given of the records: no retired key. */
export const toTargetKeys = ({ cookieSecrets, tokenKeys }: KeyRecords): TargetKeys => ({
  cookieSecrets: cookieSecrets.map(({ secret }) => secret),
  tokenKeys: tokenKeys.flatMap(({ kid, alg, jwk }, index) => (jwk ? [{ kid, alg, isSigning: index === 0, jwk }] : [])),
})

/** What a cookie secret can be called without telling it. */
export const cookieSecretId = (secret: string): string => `cookie-${createHash('sha256').update(secret).digest('hex').slice(0, 6)}`

/** Writes the keys (mode 0600) into this data folder, in the place of those that are there. */
export function writeKeys(dataDir: string, records: KeyRecords): void {
  const path = join(dataDir, FILE)
  const unfinished = `${path}.new`
  // Written whole under another name first: a crash leaves no half a key behind. What an earlier crash, or anybody else, left under that name
  // would keep its mode and its owner: it goes, and nothing that comes in between is written to.
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, `${JSON.stringify(records)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(unfinished, path)
}

/**
 * Reads the keys of this data folder. A file that cannot be read is moved aside.
 * @returns `records` null when there are none; `movedAside`: where the unreadable file is now, or null
 */
export function readKeys(dataDir: string): { records: KeyRecords | null; movedAside: string | null } {
  const path = join(dataDir, FILE)
  const records = existsSync(path) ? read(path) : null
  if (records || !existsSync(path)) return { records, movedAside: null }
  const movedAside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  renameSync(path, movedAside)
  return { records: null, movedAside }
}

/** Reads the secrets that a lab keeps in its `keys.json`, to share them with it. @throws LabError `secret-unreadable` with what to do */
export function readSharedKeys(path: string): TargetKeys {
  let records: KeyRecords | null = null
  try {
    records = read(path)
  } catch (cause) {
    throw new LabError('secret-unreadable', `${path} cannot be read: give the keys.json of the lab's data folder.`, { cause })
  }
  if (records) return toTargetKeys(records)
  throw new LabError('secret-unreadable', `${path} holds no keys as AuthLab writes them: give the keys.json of the lab's data folder.`)
}
