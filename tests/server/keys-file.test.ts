import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKeys, renewKeys } from '../../src/server/keys-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-keys-'))
  file = join(folder, 'keys.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('the keys of a folder are made once, for the owner alone, and read back', () => {
  const first = openKeys(folder)
  expect(modeOf(file)).toBe('600')
  expect(first.keys.tokenSecret).toHaveLength(32)
  expect(openKeys(folder)).toEqual(first)
})

test('new keys take the place of the old: none of the secrets stays', () => {
  const { keys } = openKeys(folder)
  const renewed = renewKeys(folder)
  expect(renewed.tokenKeyId).not.toBe(keys.tokenKeyId)
  expect(renewed.tokenSecret).not.toEqual(keys.tokenSecret)
  expect(renewed.cookieSecrets).not.toEqual(keys.cookieSecrets)
  expect(openKeys(folder).keys).toEqual(renewed)
})

test('a file left over from a crash lends the keys neither its mode nor its reader', () => {
  writeFileSync(`${file}.new`, 'half a k')
  chmodSync(`${file}.new`, 0o666)
  openKeys(folder)
  expect(modeOf(file)).toBe('600')
  expect(existsSync(`${file}.new`)).toBe(false)
})

test('a link under the name of the unfinished file is not followed', () => {
  const elsewhere = join(folder, 'elsewhere')
  writeFileSync(elsewhere, 'mine')
  symlinkSync(elsewhere, `${file}.new`)
  openKeys(folder)
  expect(readFileSync(elsewhere, 'utf8')).toBe('mine')
})
