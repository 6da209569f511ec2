import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDataFolder } from '../../src/server/data-folder.ts'
import { LabError } from '../../src/server/errors.ts'
import { connectDatabase, openDatabase } from '../../src/server/storage/open.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authlab-open-'))
  file = join(folder, 'target.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const failureOf = (work: () => unknown): LabError => {
  try {
    work()
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('It should have failed.')
}

/** Opens, writes, closes: a database with something in it. */
const fill = (rows: number): void => {
  const { database } = openDatabase(file, 'target')
  const insert = database.prepare('INSERT INTO login_throttle VALUES (?, 1, 1)')
  database.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(`key ${row} ${'x'.repeat(100)}`)
  })()
  database.close()
}

const countThrottle = (): unknown => {
  const { database, movedAside } = openDatabase(file, 'target')
  const count = database.prepare('SELECT count(*) FROM login_throttle').pluck().get()
  database.close()
  return { count, movedAside }
}

test('a database opens in WAL with synchronous NORMAL, foreign keys and a short busy timeout', () => {
  const { database, movedAside } = openDatabase(join(folder, 'made/on/demand/target.db'), 'target')
  const pragma = (name: string) => database.pragma(name, { simple: true })
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 1, 1])
  expect(pragma('busy_timeout')).toBeLessThanOrEqual(50)
  expect(movedAside).toBeNull()
  database.close()
})

describe.skipIf(process.platform === 'win32')('other users of the machine', () => {
  const modes = (): string[] => ['', '-wal', '-shm'].map((part) => (statSync(file + part).mode & 0o777).toString(8))

  test('cannot read a database, its log or its index', () => {
    const { database } = openDatabase(file, 'target')
    expect(modes()).toEqual(['600', '600', '600'])
    database.close()
  })

  test('lose the right to read a database of an earlier version', () => {
    fill(1)
    chmodSync(file, 0o644)
    const { database } = openDatabase(file, 'target')
    expect(modes()).toEqual(['600', '600', '600'])
    database.close()
  })

  test('cannot read a damaged one that was moved aside', () => {
    writeFileSync(file, 'no database'.repeat(1000), { mode: 0o644 })
    const { database, movedAside } = openDatabase(file, 'target')
    expect(statSync(movedAside ?? '').mode & 0o777).toBe(0o600)
    expect(modes()).toEqual(['600', '600', '600'])
    database.close()
  })

  test('cannot open the lock of a data folder, nor one of an earlier version', () => {
    writeFileSync(join(folder, 'lab.lock'), '', { mode: 0o644 })
    for (const path of [folder, join(folder, 'made')]) {
      const held = openDataFolder(path, false)
      expect(statSync(join(path, 'lab.lock')).mode & 0o777).toBe(0o600)
      held.release()
    }
  })

  test('cannot look into a data folder that the lab made', () => {
    const made = openDataFolder(join(folder, 'made', 'on demand'), false)
    expect(statSync(made.path).mode & 0o777).toBe(0o700)
    made.release()
  })
})

test('migrations run once, and opening again keeps what was written', () => {
  fill(3)
  expect(countThrottle()).toEqual({ count: 3, movedAside: null })
  expect(countThrottle()).toEqual({ count: 3, movedAside: null })
})

test.each(['target', 'lab'] as const)('the schema of the %s database passes its integrity check', (name) => {
  const { database } = openDatabase(join(folder, `${name}.db`), name)
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(database.pragma('user_version', { simple: true })).toBeGreaterThan(0)
  database.close()
})

describe('a damaged file', () => {
  test('that is no database is moved aside whole, and a fresh one starts', () => {
    writeFileSync(file, 'this is not a database, and long enough to be read as a header of one'.repeat(50))
    const { database, movedAside } = openDatabase(file, 'target')
    database.close()
    expect(movedAside).toMatch(/target\.db\.damaged-\d{4}-/)
    expect(readFileSync(movedAside ?? '', 'utf8')).toContain('this is not a database')
    expect(countThrottle()).toEqual({ count: 0, movedAside: null })
  })

  test('with a page overwritten in the middle is found by the check', () => {
    fill(2000)
    const bytes = readFileSync(file)
    bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8192)
    writeFileSync(file, bytes)
    const { database, movedAside } = openDatabase(file, 'target')
    database.close()
    expect(movedAside).not.toBeNull()
    expect(statSync(movedAside ?? '').size).toBe(bytes.length)
    expect(countThrottle()).toEqual({ count: 0, movedAside: null })
  })

  test('that was cut short is found by the check', () => {
    fill(2000)
    writeFileSync(file, readFileSync(file).subarray(0, 10_000))
    expect(openAndClose()).not.toBeNull()
  })

  test('takes its log along: nothing of it is replayed into the fresh file', () => {
    writeFileSync(file, 'no database'.repeat(1000))
    writeFileSync(`${file}-wal`, 'a log')
    const movedAside = openAndClose() ?? ''
    expect(readFileSync(`${movedAside}-wal`, 'utf8')).toBe('a log')
    expect(countThrottle()).toEqual({ count: 0, movedAside: null })
  })

  test('that is missing while its log is there counts as damaged', () => {
    writeFileSync(`${file}-wal`, 'a log of nothing')
    expect(openAndClose()).not.toBeNull()
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toHaveLength(1)
  })

  test('a second one does not overwrite the first', () => {
    const moved = ['first', 'second'].map((text) => {
      writeFileSync(file, text.repeat(1000))
      return openAndClose() ?? ''
    })
    expect(moved.map((path) => readFileSync(path, 'utf8').slice(0, 5))).toEqual(['first', 'secon'])
  })

  const openAndClose = (): string | null => {
    const { database, movedAside } = openDatabase(file, 'target')
    database.close()
    return movedAside
  }
})

describe('what the operator has to put right is said in one sentence', () => {
  test('a schema newer than this version knows', () => {
    const { database } = openDatabase(file, 'target')
    database.pragma('user_version = 9999')
    database.close()
    const failure = failureOf(() => openDatabase(file, 'target'))
    expect(failure).toMatchObject({ code: 'newer-schema', message: expect.stringMatching(/newer AuthLab.*--data-dir/) })
    expect(existsSync(file)).toBe(true)
  })

  test('a folder that cannot be made', () => {
    writeFileSync(join(folder, 'file'), '')
    const failure = failureOf(() => openDatabase(join(folder, 'file', 'target.db'), 'target'))
    expect(failure).toMatchObject({ code: 'data-dir-unwritable', message: expect.stringMatching(/--data-dir/) })
  })

  // Windows has no such modes.
  test.skipIf(process.platform === 'win32').each([
    ['be written', 0o555],
    ['even be looked into', 0o000],
  ])('a folder that cannot %s, for the database as for the whole lab', (_what, mode) => {
    chmodSync(folder, mode)
    const child = fileURLToPath(new URL('../support/open-as-nobody.ts', import.meta.url))
    const { stdout, stderr } = spawnSync(process.execPath, [child, folder], { encoding: 'utf8' })
    chmodSync(folder, 0o755)
    const unwritable = { code: 'data-dir-unwritable', message: expect.stringMatching(/^Cannot write .*--data-dir DIR/) }
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ database: unwritable, lab: unwritable, 'fresh lab': unwritable })
    expect(readdirSync(folder)).toEqual([])
  })

  test('a folder where the file should be', () => {
    expect(failureOf(() => openDatabase(dirname(file), 'target')).code).toBe('data-dir-unwritable')
  })

  test('another program that holds the lock: a lock is not damage', () => {
    fill(1)
    const other = connectDatabase(file)
    other.pragma('user_version = 0')
    other.exec('BEGIN IMMEDIATE')
    expect(failureOf(() => openDatabase(file, 'target')).code).toBe('database-locked')
    other.exec('ROLLBACK')
    other.close()
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(false)
  })
})
