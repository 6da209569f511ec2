import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LabError } from './errors.ts'

const FILE = 'keys.json'
/** RFC 7518 §3.2: a key of at least the hash's size for HS256; the same for the cookie's HMAC. */
const KEY_BYTES = 32

const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const KeysFile = z.object({ cookieSecrets: z.array(Secret).min(1), tokenKeyId: z.string().min(1), tokenSecret: Secret })
type KeysFile = z.infer<typeof KeysFile>

/** The secrets of the app under study. */
export interface Keys {
  /** The first signs the session cookie, all verify it. */
  readonly cookieSecrets: string[]
  readonly tokenKeyId: string
  /** HS256 key, 32 octets. */
  readonly tokenSecret: Uint8Array
}

const generate = (): KeysFile => ({
  cookieSecrets: [randomBytes(KEY_BYTES).toString('base64url')],
  tokenKeyId: `hs256-${randomBytes(3).toString('hex')}`,
  tokenSecret: randomBytes(KEY_BYTES).toString('base64url'),
})

const toKeys = ({ tokenSecret, ...file }: KeysFile): Keys => ({
  ...file,
  // Of its own memory: the octets of a small Buffer lie in a pool that would be cloned into each node with it.
  tokenSecret: new Uint8Array(Buffer.from(tokenSecret, 'base64url')),
})

function read(path: string): KeysFile | null {
  try {
    return KeysFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

/** Makes new secrets (mode 0600) in this data folder, in the place of those that are there. */
export function renewKeys(dataDir: string): Keys {
  const path = join(dataDir, FILE)
  const unfinished = `${path}.new`
  const file = generate()
  // Written whole under another name first: a crash leaves no half a key behind. What an earlier crash, or anybody else, left under that name
  // would keep its mode and its owner: it goes, and nothing that comes in between is written to.
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, `${JSON.stringify(file)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(unfinished, path)
  return toKeys(file)
}

/**
 * Reads the secrets of this data folder; makes them when there are none. A file that cannot be read is moved aside.
 * @returns `movedAside`: where the unreadable file is now, or null
 */
export function openKeys(dataDir: string): { keys: Keys; movedAside: string | null } {
  const path = join(dataDir, FILE)
  if (!existsSync(path)) return { keys: renewKeys(dataDir), movedAside: null }
  const file = read(path)
  if (file) return { keys: toKeys(file), movedAside: null }
  const movedAside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  renameSync(path, movedAside)
  return { keys: renewKeys(dataDir), movedAside }
}

/** Reads the secrets that a lab keeps in its `keys.json`, to share them with it. @throws LabError `secret-unreadable` with what to do */
export function readKeys(path: string): Keys {
  let file: KeysFile | null = null
  try {
    file = read(path)
  } catch (cause) {
    throw new LabError('secret-unreadable', `${path} cannot be read: give the keys.json of the lab's data folder.`, { cause })
  }
  if (file) return toKeys(file)
  throw new LabError('secret-unreadable', `${path} holds no keys as AuthLab writes them: give the keys.json of the lab's data folder.`)
}
