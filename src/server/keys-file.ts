import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AtRest } from '../contract/keys.ts'
import type { Notice } from '../contract/lab.ts'
import { LabError } from './errors.ts'
import { type KeyRecords, parseKeyRecords, toTargetKeys } from './key-records.ts'
import { replaceFile } from './replace-file.ts'
import type { SecretBox } from './secret-box.ts'
import type { TargetKeys } from './target-keys.ts'

const PLAIN_FILE = 'keys.json'
const SEALED_FILE = 'keys.sealed'

function moveAside(path: string): Notice {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  renameSync(path, aside)
  return { code: 'keys-moved-aside', params: { path: aside } }
}

/** What was found: `records` is null when there are none that can be used. */
interface Found {
  readonly records: KeyRecords | null
  readonly notices: readonly Notice[]
}

/**
 * The keys in a data folder: sealed where there is a box to seal them with, else as plain JSON, in either case in a file of mode 0600. Sealed
 * ones that cannot be opened for want of a box are left where they are.
 */
export class KeysFile {
  readonly #plain: string
  readonly #sealed: string
  readonly #box: SecretBox | null

  constructor(dataDir: string, box: SecretBox | null) {
    this.#plain = join(dataDir, PLAIN_FILE)
    this.#sealed = join(dataDir, SEALED_FILE)
    this.#box = box
  }

  get atRest(): AtRest {
    return this.#box ? 'safe-storage' : 'file-0600'
  }

  /** A file that cannot be read is moved aside. */
  async read(): Promise<Found> {
    // Plain ones are the newer where both are there: they were made when the sealed ones could not be opened, or just not yet removed.
    const plain = this.#readPlain()
    if (plain.records) return plain
    const sealed = await this.#readSealed()
    return { records: sealed.records, notices: [...plain.notices, ...sealed.notices] }
  }

  /** In the place of those that are there; what was written plain is removed once it is sealed. */
  async write(records: KeyRecords): Promise<void> {
    const text = `${JSON.stringify(records)}\n`
    if (!this.#box) {
      replaceFile(this.#plain, text)
      return
    }
    replaceFile(this.#sealed, await this.#box.seal(text))
    rmSync(this.#plain, { force: true })
  }

  #readPlain(): Found {
    if (!existsSync(this.#plain)) return { records: null, notices: [] }
    const records = parseKeyRecords(readFileSync(this.#plain, 'utf8'))
    return { records, notices: records ? [] : [moveAside(this.#plain)] }
  }

  async #readSealed(): Promise<Found> {
    if (!existsSync(this.#sealed)) return { records: null, notices: [] }
    if (!this.#box) return { records: null, notices: [{ code: 'keys-left-sealed', params: { path: this.#sealed } }] }
    const text = await this.#box.open(readFileSync(this.#sealed)).catch(() => '')
    const records = parseKeyRecords(text)
    return { records, notices: records ? [] : [moveAside(this.#sealed)] }
  }
}

/** Reads the secrets that a lab keeps in its `keys.json`, to share them with it. @throws LabError `secret-unreadable` with what to do */
export function readSharedKeys(path: string): TargetKeys {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const isSealed = existsSync(join(dirname(path), SEALED_FILE))
    const advice = isSealed
      ? 'the desktop app has sealed the keys of that folder, and it alone can open them. Run that lab with --browser, or take --jwks-url'
      : "give the keys.json of the lab's data folder"
    throw new LabError('secret-unreadable', `${path} cannot be read: ${advice}.`, { cause })
  }
  const records = parseKeyRecords(text)
  if (records) return toTargetKeys(records)
  throw new LabError('secret-unreadable', `${path} holds no keys as AuthLab writes them: give the keys.json of the lab's data folder.`)
}
