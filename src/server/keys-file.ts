import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const FILE = 'keys.json'
/** RFC 7518 §3.2: a key of at least the hash's size for HS256; the same for the cookie's HMAC. */
const KEY_BYTES = 32

const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const KeysFile = z.object({ cookieSecrets: z.array(Secret).min(1), tokenKeyId: z.string().min(1), tokenSecret: Secret })

/** The secrets of the app under study. */
export interface Keys {
  /** The first signs the session cookie, all verify it. */
  readonly cookieSecrets: string[]
  readonly tokenKeyId: string
  /** HS256 key, 32 octets. */
  readonly tokenSecret: Buffer
}

const generate = (): z.infer<typeof KeysFile> => ({
  cookieSecrets: [randomBytes(KEY_BYTES).toString('base64url')],
  tokenKeyId: `hs256-${randomBytes(3).toString('hex')}`,
  tokenSecret: randomBytes(KEY_BYTES).toString('base64url'),
})

function read(path: string): z.infer<typeof KeysFile> | null {
  try {
    return KeysFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

/**
 * Reads the secrets of this data folder; makes them (mode 0600) when there are none. A file that cannot be read is moved aside.
 * @returns `movedAside`: where the unreadable file is now, or null
 */
export function openKeys(dataDir: string): { keys: Keys; movedAside: string | null } {
  const path = join(dataDir, FILE)
  let movedAside: string | null = null
  let file = existsSync(path) ? read(path) : undefined
  if (file === null) {
    movedAside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
    renameSync(path, movedAside)
  }
  if (!file) {
    file = generate()
    // Written whole under another name first: a crash leaves no half a key behind.
    writeFileSync(`${path}.new`, `${JSON.stringify(file)}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return {
    keys: { cookieSecrets: file.cookieSecrets, tokenKeyId: file.tokenKeyId, tokenSecret: Buffer.from(file.tokenSecret, 'base64url') },
    movedAside,
  }
}
