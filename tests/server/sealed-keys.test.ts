import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSharedKeys } from '../../src/server/keys-file.ts'
import { LabKeys } from '../../src/server/lab-keys.ts'
import type { SecretBox } from '../../src/server/secret-box.ts'
import { signingKeyId, type TargetKeys } from '../../src/server/target-keys.ts'

const OVERLAP = { tokenMs: 1000, cookieMs: 5000 }
let folder: string
let plain: string
let sealed: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-keys-'))
  plain = join(folder, 'keys.json')
  sealed = join(folder, 'keys.sealed')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** AES-256-GCM by a key that the operating system would keep. */
function aesBox(key: Buffer = randomBytes(32)): SecretBox {
  return {
    seal: async (text) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body])
    },
    open: async (given) => {
      const bytes = Buffer.from(given)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}

const open = (secretBox: SecretBox | null) => LabKeys.open({ dataDir: folder, clock: { nowMs: () => 1000 }, overlap: OVERLAP, secretBox })
const secretsOf = ({ cookieSecrets, tokenKeys }: TargetKeys): string[] => [
  ...cookieSecrets,
  ...tokenKeys.flatMap(({ jwk }) => [jwk['k'], jwk['d']].filter((secret) => secret !== undefined)),
]
/** All octets of the folder. */
const everything = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')

test('with a box no octet of a secret is on the disk, and the same box reads the keys back', async () => {
  const box = aesBox()
  const { keys } = await open(box)
  await keys.rotate({ algorithm: 'ES256', emergency: false })
  await keys.rotateCookieSecret({ emergency: false })
  expect(keys.list().atRest).toBe('safe-storage')
  expect(secretsOf(keys.target)).toHaveLength(4)
  for (const secret of secretsOf(keys.target)) expect(everything()).not.toContain(secret)
  expect(readdirSync(folder)).toEqual(['keys.sealed'])
  expect((statSync(sealed).mode & 0o777).toString(8)).toBe('600')
  const again = await open(box)
  expect([again.keys.target, again.notices]).toEqual([keys.target, []])
})

test('without a box the secrets are in a file of mode 0600, and that is what the keyring says', async () => {
  const { keys } = await open(null)
  expect(keys.list().atRest).toBe('file-0600')
  for (const secret of secretsOf(keys.target)) expect(everything()).toContain(secret)
  expect((statSync(plain).mode & 0o777).toString(8)).toBe('600')
})

test('plain keys that a box finds are sealed as they are, and the plain file is removed', async () => {
  const { keys: before } = await open(null)
  const { keys, notices } = await open(aesBox())
  expect([keys.target, notices]).toEqual([before.target, []])
  expect(readdirSync(folder)).toEqual(['keys.sealed'])
})

test('sealed keys that cannot be opened for want of a box stay, to the octet; new ones are made in a plain file, and it is said', async () => {
  const box = aesBox()
  const { keys: before } = await open(box)
  const bytes = readFileSync(sealed)
  const { keys, notices } = await open(null)
  expect(notices).toEqual([{ code: 'keys-left-sealed', params: { path: sealed } }])
  expect(readFileSync(sealed)).toEqual(bytes)
  expect(signingKeyId(keys.target)).not.toBe(signingKeyId(before.target))
  expect(existsSync(plain)).toBe(true)
  // Those that were in force last go on.
  const { keys: after } = await open(box)
  expect(after.target).toEqual(keys.target)
  expect(readdirSync(folder)).toEqual(['keys.sealed'])
})

test.each([
  ['another box sealed', async () => readFileSync(sealed)],
  ['somebody changed', async () => Buffer.concat([readFileSync(sealed).subarray(0, -1), Buffer.from([0])])],
  ['are of no key', async () => Buffer.from('x')],
])('sealed keys that %s are moved aside, whole, and it is said', async (name, make) => {
  const box = aesBox()
  const { keys: before } = await open(box)
  const bytes = await make()
  writeFileSync(sealed, bytes)
  const { keys, notices } = await open(name === 'another box sealed' ? aesBox() : box)
  expect(notices).toMatchObject([{ code: 'keys-moved-aside' }])
  expect(readFileSync(notices[0]?.params['path'] ?? '')).toEqual(bytes)
  expect(signingKeyId(keys.target)).not.toBe(signingKeyId(before.target))
})

test('a box that fails at a rotation leaves keys and file as they were', async () => {
  const box = aesBox()
  let isLocked = false
  const { keys } = await open({ ...box, seal: (text) => (isLocked ? Promise.reject(new Error('locked')) : box.seal(text)) })
  const { target } = keys
  const bytes = readFileSync(sealed)
  isLocked = true
  await expect(keys.rotate({ algorithm: 'HS256', emergency: true })).rejects.toThrow('locked')
  expect([keys.target, readFileSync(sealed)]).toEqual([target, bytes])
  isLocked = false
  await keys.rotate({ algorithm: 'HS256', emergency: true })
  expect(keys.list().keys).toHaveLength(2)
})

test('to share sealed keys by file is refused with what to do', async () => {
  await open(aesBox())
  expect(() => readSharedKeys(plain)).toThrow(/sealed.*--browser.*--jwks-url/)
})
