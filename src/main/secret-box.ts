import { app, safeStorage } from 'electron'
import type { SecretBox } from '../server/secret-box.ts'

const PROBE = 'can it be opened again?'
/** How Chromium marks on Linux what it sealed with a password that is the same everywhere: no secret at all. */
const FIXED_PASSWORD_MARK = Buffer.from('v10')

// The synchronous calls: those that are not came after the Electron that the tests run in, and open what these have sealed.
const box: SecretBox = {
  seal: async (text) => safeStorage.encryptString(text),
  open: async (sealed) => safeStorage.decryptString(Buffer.from(sealed)),
}

/** On Linux there may be no keyring; what Chromium would seal with then protects from nobody. */
const hasKeyring = (): boolean =>
  process.platform !== 'linux' || !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())

const isKeptFromOthers = (sealed: Uint8Array): boolean =>
  process.platform !== 'linux' || !FIXED_PASSWORD_MARK.equals(sealed.subarray(0, FIXED_PASSWORD_MARK.length))

async function tryBox(): Promise<SecretBox | null> {
  await app.whenReady()
  if (!hasKeyring() || !safeStorage.isEncryptionAvailable()) return null
  const sealed = await box.seal(PROBE)
  return isKeptFromOthers(sealed) && (await box.open(sealed)) === PROBE ? box : null
}

/** What the operating system keeps this user's secrets with (Electron's safeStorage), tried out; null where there is none. It never rejects. */
export const systemSecretBox = (): Promise<SecretBox | null> => tryBox().catch(() => null)
