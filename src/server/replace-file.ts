import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Puts this content (mode 0600) in the place of what is at this path: whenever the process ends, the one or the other is there whole. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.new`
  // Written under another name first. What an earlier crash, or anybody else, left under that name would keep its mode and its owner: it goes,
  // and nothing that comes in between is written to.
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, content, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(unfinished, path)
}
