import { unwatchFile, watchFile } from 'node:fs'
import { readSharedKeys } from '../keys-file.ts'
import type { TargetKeys } from '../target-keys.ts'

/** How often the file is looked at, milliseconds: what is rotated at the lab is in force here that much later. */
const LOOK_EVERY_MS = 500

/**
 * Hands on the secrets of a file whenever it has changed. One that cannot be used changes nothing.
 * @param use may throw: then it goes on with those before
 * @param onProblem is told why a change was not taken
 * @returns what ends it
 */
export function followSecrets(file: string, use: (keys: TargetKeys) => void, onProblem: (message: string) => void): () => void {
  const look = (): void => {
    try {
      use(readSharedKeys(file))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      onProblem(`the secrets in ${file} have changed and cannot be used, those before go on: ${reason}`)
    }
  }
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, look)
  return () => unwatchFile(file, look)
}
