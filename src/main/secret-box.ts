import { app, safeStorage } from 'electron'
import type { SecretBox } from '../server/secret-box.ts'

const PROBE = 'can it be opened again?'
/** How Chromium marks on Linux what it sealed with a password that is the same everywhere: no secret at all. */
const FIXED_PASSWORD_MARK = 'v10'

const box: SecretBox = {
  seal: (text) => safeStorage.encryptStringAsync(text),
  open: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed))).result,
}

/** On Linux Chromium seals without a keyring, too, and that protects from nobody. */
const isWithoutKeyring = (): boolean =>
  process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())

async function tryBox(): Promise<SecretBox | null> {
  await app.whenReady()
  if (isWithoutKeyring() || !(await safeStorage.isAsyncEncryptionAvailable())) return null
  const sealed = await box.seal(PROBE)
  const isSecret =
    process.platform !== 'linux' || Buffer.from(sealed).subarray(0, FIXED_PASSWORD_MARK.length).toString() !== FIXED_PASSWORD_MARK
  return isSecret && (await box.open(sealed)) === PROBE ? box : null
}

/** What the operating system keeps this user's secrets with (Electron's safeStorage), tried out; null where there is none. It never rejects. */
export const systemSecretBox = (): Promise<SecretBox | null> => tryBox().catch(() => null)
