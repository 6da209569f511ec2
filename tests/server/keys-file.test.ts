import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSharedKeys } from '../../src/server/keys-file.ts'
import { LabKeys } from '../../src/server/lab-keys.ts'
import type { SecretBox } from '../../src/server/secret-box.ts'
import { signingKeyId, verifyingKeyIds } from '../../src/server/target-keys.ts'

const OVERLAP = { tokenMs: 1000, cookieMs: 5000 }
let folder: string
let file: string
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-keys-'))
  file = join(folder, 'keys.json')
  now = 1_800_000_000_000
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (secretBox: SecretBox | null = null) =>
  LabKeys.open({ dataDir: folder, clock: { nowMs: () => now }, overlap: OVERLAP, secretBox })
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
const statesOf = (keys: LabKeys) => keys.list().keys.map(({ kid, state }) => [kid, state])

test('the keys of a folder are made once, for the owner alone, and read back', async () => {
  const first = await open()
  expect(modeOf(file)).toBe('600')
  expect(first.notices).toEqual([])
  expect(Buffer.from(first.keys.target.tokenKeys[0]?.jwk['k'] ?? '', 'base64url')).toHaveLength(32)
  expect((await open()).keys.target).toEqual(first.keys.target)
})

test('new keys take the place of the old: none of the secrets stays', async () => {
  const { keys } = await open()
  const before = keys.target
  await keys.renew()
  expect(signingKeyId(keys.target)).not.toBe(signingKeyId(before))
  const text = readFileSync(file, 'utf8')
  for (const secret of [before.tokenKeys[0]?.jwk['k'], ...before.cookieSecrets]) expect(text).not.toContain(secret)
  expect((await open()).keys.target).toEqual(keys.target)
})

test('a file from before rotation is read, and written down as it is written now', async () => {
  const [cookie, token] = ['c'.repeat(42), 't'.repeat(42)].map((text) => `${text}A`)
  writeFileSync(file, JSON.stringify({ cookieSecrets: [cookie], tokenKeyId: 'hs256-abcdef', tokenSecret: token }), { mode: 0o644 })
  const { keys } = await open()
  expect(keys.target).toEqual({
    cookieSecrets: [cookie],
    tokenKeys: [{ kid: 'hs256-abcdef', alg: 'HS256', isSigning: true, jwk: { kty: 'oct', k: token } }],
    nextKeyAt: null,
    clientSecret: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 3, tokenKeys: [{ kid: 'hs256-abcdef', createdAt: null }] })
  expect(modeOf(file)).toBe('600')
  expect(readSharedKeys(file)).toEqual(keys.target)
})

test('a file that is no keys file is moved aside, whole', async () => {
  writeFileSync(file, '{"version":3}')
  const { notices } = await open()
  expect(notices).toMatchObject([{ code: 'keys-moved-aside' }])
  expect(readFileSync(notices[0]?.params['path'] ?? '', 'utf8')).toBe('{"version":3}')
  expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(3)
})

test('an older key verifies while a token of it can be good, and is retired by the first rotation after that', async () => {
  const { keys } = await open()
  const [first] = verifyingKeyIds(keys.target)
  const second = await keys.rotate({ algorithm: 'ES256', emergency: false })
  expect(second.retired).toEqual([])
  expect(statesOf(keys)).toEqual([
    [second.kid, 'signing'],
    [first, 'verifying'],
  ])
  now += OVERLAP.tokenMs - 1
  expect((await keys.rotate({ algorithm: 'HS384', emergency: false })).retired).toEqual([])
  now += 1
  const fourth = await keys.rotate({ algorithm: 'HS384', emergency: false })
  expect(fourth.retired).toEqual([first])
  expect(verifyingKeyIds(keys.target)).not.toContain(first)
  expect((await open()).keys.list()).toEqual(keys.list())
})

test('what was secret of a retired key is not kept', async () => {
  const { keys } = await open()
  const secret = keys.target.tokenKeys[0]?.jwk['k']
  expect(readFileSync(file, 'utf8')).toContain(secret)
  await keys.rotate({ algorithm: 'HS256', emergency: true })
  expect(readFileSync(file, 'utf8')).not.toContain(secret)
  expect(keys.list().keys).toMatchObject([{ state: 'signing' }, { state: 'retired', retiredAt: now }])
})

test('two rotations at once both happen', async () => {
  const { keys } = await open()
  const [rsa, hmac] = await Promise.all([
    keys.rotate({ algorithm: 'RS256', emergency: false }),
    keys.rotate({ algorithm: 'HS512', emergency: false }),
  ])
  expect(verifyingKeyIds(keys.target)).toEqual(expect.arrayContaining([rsa.kid, hmac.kid]))
  expect(keys.target.tokenKeys.filter(({ isSigning }) => isSigning)).toHaveLength(1)
})

test('an older cookie secret verifies while a session of it can last; in an emergency it is gone', async () => {
  const { keys } = await open()
  const [first] = keys.target.cookieSecrets
  await keys.rotateCookieSecret({ emergency: false })
  const [second] = keys.target.cookieSecrets
  expect(keys.target.cookieSecrets).toEqual([second, first])
  now += OVERLAP.cookieMs
  await keys.rotateCookieSecret({ emergency: false })
  expect(keys.target.cookieSecrets).toHaveLength(2)
  expect(keys.target.cookieSecrets).not.toContain(first)
  await keys.rotateCookieSecret({ emergency: true })
  expect(keys.target.cookieSecrets).toHaveLength(1)
  expect(keys.target.cookieSecrets).not.toContain(second)
})

test('a file left over from a crash lends the keys neither its mode nor its reader', async () => {
  writeFileSync(`${file}.new`, 'half a k')
  chmodSync(`${file}.new`, 0o666)
  await open()
  expect(modeOf(file)).toBe('600')
  expect(existsSync(`${file}.new`)).toBe(false)
  expect(readdirSync(folder)).toEqual(['keys.json'])
})

test('a link under the name of the unfinished file is not followed', async () => {
  const elsewhere = join(folder, 'elsewhere')
  writeFileSync(elsewhere, 'mine')
  symlinkSync(elsewhere, `${file}.new`)
  await open()
  expect(readFileSync(elsewhere, 'utf8')).toBe('mine')
})
