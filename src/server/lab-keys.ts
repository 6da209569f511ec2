import { type Keyring, MAX_LIVE_KEYS } from '../contract/keys.ts'
import type { Notice } from '../contract/lab.ts'
import type { TokenAlgorithm } from '../contract/token-algorithm.ts'
import type { Clock } from './clock.ts'
import { LabError } from './errors.ts'
import { type CookieSecretRecord, cookieSecretId, type KeyRecord, type KeyRecords, toTargetKeys } from './key-records.ts'
import { KeysFile } from './keys-file.ts'
import { generateClientSecret, generateCookieSecret, generateKey } from './new-key.ts'
import type { SecretBox } from './secret-box.ts'
import type { TargetKeys } from './target-keys.ts'

/** How long an older key goes on verifying, milliseconds: no token of it can be left then. */
export interface Overlap {
  readonly tokenMs: number
  /** The same for a cookie secret: no session can be left then. */
  readonly cookieMs: number
}

/** The most retired keys that are remembered. */
const MOST_RETIRED = 20

/** What came due by itself. */
export interface KeysDue {
  /** The key that took the place of another, on schedule; null when none was due. */
  readonly rotated: { readonly kid: string; readonly alg: TokenAlgorithm } | null
  /** Ids of the keys of which no token can be good any more. */
  readonly retired: readonly string[]
  /** Ids of the cookie secrets of which no session can last any more. */
  readonly retiredCookieSecrets: readonly string[]
}

/** What the keys of a lab are opened with. */
export interface LabKeysOptions {
  readonly dataDir: string
  readonly clock: Clock
  /** Of a fresh lab. */
  readonly overlap: Overlap
  /** Null where nothing can seal them. */
  readonly secretBox: SecretBox | null
}

/** The keyring of the app under study. What changes is written down before anybody works by it; one change follows the other. */
export class LabKeys {
  readonly #file: KeysFile
  readonly #clock: Clock
  readonly #startingOverlap: Overlap
  #overlap: Overlap
  #records: KeyRecords
  #target: TargetKeys
  #changing: Promise<unknown> = Promise.resolve()
  /** Called after every change. */
  onChange: () => void = () => {}

  private constructor({ clock, overlap }: LabKeysOptions, file: KeysFile, records: KeyRecords) {
    this.#file = file
    this.#clock = clock
    this.#startingOverlap = overlap
    this.#overlap = overlap
    this.#records = records
    this.#target = toTargetKeys(records)
  }

  /** Reads the keys of the data folder, makes them when there are none. */
  static async open(options: LabKeysOptions): Promise<{ keys: LabKeys; notices: readonly Notice[] }> {
    const file = new KeysFile(options.dataDir, options.secretBox)
    const { records, notices } = await file.read()
    const keys = new LabKeys(options, file, records ?? (await newRecords(options.clock.nowMs(), options.overlap)))
    await file.write(keys.#records)
    return { keys, notices }
  }

  /** What nodes work by; the same object as long as nothing changes. */
  get target(): TargetKeys {
    return this.#target
  }

  /** Of the confidential client `resource-server`. */
  get clientSecret(): string {
    return this.#records.clientSecret
  }

  get algorithm(): TokenAlgorithm {
    return this.#records.tokenKeys[0].alg
  }

  list(): Keyring {
    const { tokenKeys, cookieSecrets, rotation } = this.#records
    return {
      algorithm: this.algorithm,
      keys: tokenKeys.map(({ jwk, overlapMs: _, ...key }, index) => ({
        ...key,
        state: index === 0 ? 'signing' : jwk ? 'verifying' : 'retired',
        retiresAt: jwk && index > 0 ? this.#tokensEndAt(tokenKeys, index) : null,
      })),
      cookieSecrets: cookieSecrets.map(({ secret, createdAt }, index) => ({
        id: cookieSecretId(secret),
        createdAt,
        retiresAt: this.#sessionsEndAt(cookieSecrets, index),
      })),
      rotation: { everySeconds: rotation?.everySeconds ?? null, nextAt: rotation?.nextAt ?? null },
      atRest: this.#file.atRest,
    }
  }

  /**
   * A new key signs from now on; those before it verify as long as a token of theirs can be good.
   * @param order `emergency`: those before it are retired at once
   * @throws LabError `conflict` when as many keys verify as may, and it is no emergency
   */
  rotate(order: { algorithm: TokenAlgorithm; emergency: boolean }): Promise<{ kid: string; retired: string[] }> {
    return this.#one(async () => {
      const retired = order.emergency ? liveKeys(this.#records).map(({ kid }) => kid) : this.#overKeys()
      if (liveKeys(this.#records).length - retired.length >= MAX_LIVE_KEYS) throw tooManyKeys()
      return { kid: (await this.#addKey(order.algorithm, retired)).kid, retired }
    })
  }

  /**
   * A new secret signs the session cookie; those before it verify as long as a session can last, or not at all any more.
   * @throws LabError `conflict` when as many secrets verify as may, and it is no emergency
   */
  rotateCookieSecret(order: { emergency: boolean }): Promise<void> {
    return this.#one(async () => {
      const now = this.#clock.nowMs()
      const over = new Set(order.emergency ? this.#records.cookieSecrets.map(({ secret }) => secret) : this.#overSecrets())
      const kept = this.#records.cookieSecrets.filter(({ secret }) => !over.has(secret))
      if (kept.length >= MAX_LIVE_KEYS) throw tooManySecrets()
      const secret = { secret: generateCookieSecret(), createdAt: now, overlapMs: this.#overlap.cookieMs }
      await this.#write({ ...this.#records, cookieSecrets: [secret, ...kept] })
    })
  }

  /**
   * Makes a new key so often from now on, on the lab clock.
   * @param everySeconds null: none by itself
   * @throws LabError `conflict` when more keys would verify at once than may
   */
  schedule(everySeconds: number | null): Promise<void> {
    return this.#one(async () => {
      if (everySeconds === (this.#records.rotation?.everySeconds ?? null)) return
      const least = Math.ceil(this.#overlap.tokenMs / 1000 / (MAX_LIVE_KEYS - 1))
      if (everySeconds !== null && everySeconds < least) {
        const reason = `tokens are good for up to ${this.#overlap.tokenMs / 1000} s, and at most ${MAX_LIVE_KEYS} keys verify at once`
        throw new LabError('conflict', `A new key every ${everySeconds} s is too often: ${reason}. Take ${least} s or more.`)
      }
      const rotation = everySeconds === null ? null : { everySeconds, nextAt: this.#clock.nowMs() + everySeconds * 1000 }
      await this.#write({ ...this.#records, rotation })
    })
  }

  /** Does what the lab clock has brought: retires what is over, and makes the next key. Null when nothing was due. */
  async keepUp(): Promise<KeysDue | null> {
    return this.#isDue() ? this.#one(() => this.#doDue()) : null
  }

  /** From now on credentials live this long. Keys that sign now go on verifying for the longest time that was in force. */
  follow(overlap: Overlap): Promise<void> {
    return this.#one(async () => {
      this.#overlap = overlap
      const [signing, ...older] = this.#records.tokenKeys
      const longer = { ...signing, overlapMs: Math.max(signing.overlapMs, overlap.tokenMs) }
      // A session that an older secret signed lasts as long as is in force now.
      const lengthen = (secret: CookieSecretRecord) => ({ ...secret, overlapMs: Math.max(secret.overlapMs, overlap.cookieMs) })
      const [newest, ...others] = this.#records.cookieSecrets
      const cookieSecrets: KeyRecords['cookieSecrets'] = [lengthen(newest), ...others.map(lengthen)]
      await this.#write({ ...this.#records, tokenKeys: [longer, ...older], cookieSecrets })
    })
  }

  /** As they are written down; whoever has it can sign as the lab does. */
  get records(): KeyRecords {
    return this.#records
  }

  /** These in the place of all that there are. */
  replace(records: KeyRecords, overlap: Overlap): Promise<void> {
    return this.#one(async () => {
      this.#overlap = overlap
      await this.#write(records)
    })
  }

  /** New keys in the place of all that there are, no schedule, and the overlap it was opened with: nothing of the old is kept. */
  renew(): Promise<void> {
    return this.#one(async () => {
      this.#overlap = this.#startingOverlap
      await this.#write(await newRecords(this.#clock.nowMs(), this.#overlap))
    })
  }

  #isDue(): boolean {
    const { rotation } = this.#records
    const now = this.#clock.nowMs()
    const isRotationDue = rotation !== null && (now >= rotation.nextAt ? this.#hasRoom() : isTooFar(rotation, now))
    return isRotationDue || this.#overKeys().length > 0 || this.#overSecrets().length > 0
  }

  async #doDue(): Promise<KeysDue> {
    const now = this.#clock.nowMs()
    const retired = this.#overKeys()
    const secrets = new Set(this.#overSecrets())
    const [newest, ...older] = this.#records.cookieSecrets
    const cookieSecrets: KeyRecords['cookieSecrets'] = [newest, ...older.filter(({ secret }) => !secrets.has(secret))]
    const due = { retired, retiredCookieSecrets: [...secrets].map(cookieSecretId) }
    const { rotation } = this.#records
    const isRotating = rotation !== null && now >= rotation.nextAt && this.#hasRoom()
    if (isRotating) return { ...due, rotated: await this.#addKey(this.algorithm, retired, cookieSecrets) }
    // The clock was moved back: the next key is one period away, no more.
    const next = rotation && isTooFar(rotation, now) ? { ...rotation, nextAt: now + rotation.everySeconds * 1000 } : rotation
    await this.#write({ ...this.#records, cookieSecrets, rotation: next, tokenKeys: this.#retire(retired, now) })
    return { ...due, rotated: null }
  }

  /** Whether there may be one key more, once those that are over are retired. */
  #hasRoom(): boolean {
    return liveKeys(this.#records).length - this.#overKeys().length < MAX_LIVE_KEYS
  }

  /** When no token of this key can be good any more; null while it signs. */
  #tokensEndAt(keys: readonly KeyRecord[], index: number): number | null {
    const key = keys[index]
    return key?.replacedAt == null ? null : key.replacedAt + key.overlapMs
  }

  /** When no session of this secret can last any more; null while it signs. One signed until the next was made. */
  #sessionsEndAt(secrets: readonly CookieSecretRecord[], index: number): number | null {
    const replacedAt = secrets[index - 1]?.createdAt ?? null
    return replacedAt === null ? null : replacedAt + (secrets[index]?.overlapMs ?? 0)
  }

  #overKeys(): string[] {
    const { tokenKeys } = this.#records
    return tokenKeys.flatMap(({ kid, jwk }, index) => (jwk && this.#isPast(this.#tokensEndAt(tokenKeys, index)) ? [kid] : []))
  }

  #overSecrets(): string[] {
    const { cookieSecrets } = this.#records
    return cookieSecrets.flatMap(({ secret }, index) => (this.#isPast(this.#sessionsEndAt(cookieSecrets, index)) ? [secret] : []))
  }

  #isPast(time: number | null): boolean {
    return time !== null && this.#clock.nowMs() >= time
  }

  #retire(kids: readonly string[], now: number): KeyRecords['tokenKeys'] {
    const retire = (key: KeyRecord): KeyRecord =>
      kids.includes(key.kid) ? { ...key, replacedAt: key.replacedAt ?? now, retiredAt: now, jwk: null } : key
    const [first, ...older] = this.#records.tokenKeys
    return [retire(first), ...older.map(retire)]
  }

  async #addKey(algorithm: TokenAlgorithm, retired: readonly string[], cookieSecrets = this.#records.cookieSecrets) {
    const { kid, alg, jwk } = await generateKey(algorithm)
    const now = this.#clock.nowMs()
    const older = this.#retire(retired, now).map((key) => ({ ...key, replacedAt: key.replacedAt ?? now }))
    const kept = [...older.filter((key) => key.jwk), ...older.filter((key) => !key.jwk).slice(0, MOST_RETIRED)]
    const { rotation } = this.#records
    const next = rotation && { ...rotation, nextAt: now + rotation.everySeconds * 1000 }
    const key = { kid, alg, createdAt: now, replacedAt: null, retiredAt: null, overlapMs: this.#overlap.tokenMs, jwk }
    await this.#write({ ...this.#records, cookieSecrets, rotation: next, tokenKeys: [key, ...kept] })
    return { kid, alg }
  }

  #one<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change)
    this.#changing = done.catch(() => {})
    return done
  }

  async #write(records: KeyRecords): Promise<void> {
    await this.#file.write(records)
    this.#records = records
    this.#target = toTargetKeys(records)
    this.onChange()
  }
}

const liveKeys = ({ tokenKeys }: KeyRecords): KeyRecord[] => tokenKeys.filter(({ jwk }) => jwk)

const isTooFar = ({ everySeconds, nextAt }: NonNullable<KeyRecords['rotation']>, now: number): boolean => nextAt > now + everySeconds * 1000

const tooManyKeys = (): LabError =>
  new LabError(
    'conflict',
    `${MAX_LIVE_KEYS} keys have tokens that can still be good, and no more are kept: wait until one is retired, move the lab clock on, or rotate in an emergency.`,
  )

const tooManySecrets = (): LabError =>
  new LabError(
    'conflict',
    `${MAX_LIVE_KEYS} cookie secrets have sessions that can still last, and no more are kept: wait until one is over, move the lab clock on, or rotate in an emergency.`,
  )

const newRecords = async (now: number, overlap: Overlap): Promise<KeyRecords> => ({
  version: 3,
  cookieSecrets: [{ secret: generateCookieSecret(), createdAt: now, overlapMs: overlap.cookieMs }],
  tokenKeys: [{ ...(await generateKey('HS256')), createdAt: now, replacedAt: null, retiredAt: null, overlapMs: overlap.tokenMs }],
  rotation: null,
  clientSecret: generateClientSecret(),
})
