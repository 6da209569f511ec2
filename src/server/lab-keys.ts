import type { Keyring } from '../contract/keys.ts'
import type { TokenAlgorithm } from '../contract/token-algorithm.ts'
import type { Clock } from './clock.ts'
import { type CookieSecretRecord, cookieSecretId, type KeyRecord, type KeyRecords, readKeys, toTargetKeys, writeKeys } from './keys-file.ts'
import { generateCookieSecret, generateKey } from './new-key.ts'
import type { TargetKeys } from './target-keys.ts'

/** How long an older key goes on verifying, milliseconds: no token of it can be left then. */
export interface Overlap {
  readonly tokenMs: number
  /** The same for a cookie secret: no session can be left then. */
  readonly cookieMs: number
}

/** The most retired keys that are remembered. */
const MOST_RETIRED = 20

/** The keyring of the app under study. What changes is written down before anybody works by it. */
export class LabKeys {
  readonly #dataDir: string
  readonly #clock: Clock
  readonly #overlap: Overlap
  #records: KeyRecords
  #target: TargetKeys

  private constructor(given: { dataDir: string; clock: Clock; overlap: Overlap; records: KeyRecords }) {
    this.#dataDir = given.dataDir
    this.#clock = given.clock
    this.#overlap = given.overlap
    this.#records = given.records
    this.#target = toTargetKeys(given.records)
  }

  /** Reads the keys of the data folder, makes them when there are none. `movedAside`: where a file is now that could not be read, or null. */
  static async open(dataDir: string, clock: Clock, overlap: Overlap): Promise<{ keys: LabKeys; movedAside: string | null }> {
    const { records, movedAside } = readKeys(dataDir)
    const keys = new LabKeys({ dataDir, clock, overlap, records: records ?? (await newRecords(clock.nowMs())) })
    writeKeys(dataDir, keys.#records)
    return { keys, movedAside }
  }

  /** What nodes work by; the same object as long as nothing changes. */
  get target(): TargetKeys {
    return this.#target
  }

  get algorithm(): TokenAlgorithm {
    return this.#records.tokenKeys[0].alg
  }

  list(): Keyring {
    const { tokenKeys, cookieSecrets } = this.#records
    return {
      algorithm: this.algorithm,
      keys: tokenKeys.map(({ jwk, ...key }, index) => ({ ...key, state: index === 0 ? 'signing' : jwk ? 'verifying' : 'retired' })),
      cookieSecrets: cookieSecrets.map(({ secret, createdAt }) => ({ id: cookieSecretId(secret), createdAt })),
      atRest: 'file-0600',
    }
  }

  /**
   * A new key signs from now on; those before it verify as long as a token of theirs can be good.
   * @param order `emergency`: those before it are retired at once
   */
  async rotate(order: { algorithm: TokenAlgorithm; emergency: boolean }): Promise<{ kid: string; retired: string[] }> {
    const { kid, alg, jwk } = await generateKey(order.algorithm)
    const now = this.#clock.nowMs()
    const before = this.#records.tokenKeys
    const older = before.map((key) => this.#age(key, now, order.emergency))
    const kept = [...older.filter((key) => key.jwk), ...older.filter((key) => !key.jwk).slice(0, MOST_RETIRED)]
    this.#write({ ...this.#records, tokenKeys: [{ kid, alg, createdAt: now, replacedAt: null, retiredAt: null, jwk }, ...kept] })
    return { kid, retired: older.filter((key, index) => !key.jwk && before[index]?.jwk).map((key) => key.kid) }
  }

  /** A new secret signs the session cookie; those before it verify as long as a session can last, or not at all any more. */
  rotateCookieSecret(order: { emergency: boolean }): void {
    const now = this.#clock.nowMs()
    const [newest, ...older] = this.#records.cookieSecrets
    // One signed until the next was made.
    const isOver = (_secret: CookieSecretRecord, index: number): boolean => {
      const { createdAt: replacedAt } = index === 0 ? newest : (older[index - 1] ?? newest)
      return replacedAt !== null && now >= replacedAt + this.#overlap.cookieMs
    }
    const kept = order.emergency ? [] : [newest, ...older.filter((secret, index) => !isOver(secret, index))]
    this.#write({ ...this.#records, cookieSecrets: [{ secret: generateCookieSecret(), createdAt: now }, ...kept] })
  }

  /** New keys in the place of all that there are: nothing of the old is kept. */
  async renew(): Promise<void> {
    this.#write(await newRecords(this.#clock.nowMs()))
  }

  #age(key: KeyRecord, now: number, isEmergency: boolean): KeyRecord {
    if (!key.jwk) return key
    const replacedAt = key.replacedAt ?? now
    const isOver = isEmergency || now >= replacedAt + this.#overlap.tokenMs
    return isOver ? { ...key, replacedAt, retiredAt: now, jwk: null } : { ...key, replacedAt }
  }

  #write(records: KeyRecords): void {
    writeKeys(this.#dataDir, records)
    this.#records = records
    this.#target = toTargetKeys(records)
  }
}

const newRecords = async (now: number): Promise<KeyRecords> => ({
  version: 2,
  cookieSecrets: [{ secret: generateCookieSecret(), createdAt: now }],
  tokenKeys: [{ ...(await generateKey('HS256')), createdAt: now, replacedAt: null, retiredAt: null }],
})
