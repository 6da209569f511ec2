import { execFileSync } from 'node:child_process'
import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder on a disk that can really be full. */
export interface SmallDisk {
  folder: string
  /** Takes the last free byte. @param room octets that are left free, where the disk is one of its own */
  fill(room?: number): void
  /** Gives all of it back. */
  free(): void
  close(): void
}

const MEGABYTES = 24

const system = (command: string, ...options: string[]): void => void execFileSync(command, options, { stdio: 'ignore' })

/**
 * A file system of its own where this process may mount one (ENOSPC); otherwise the system's limit on the size of files, which every write of
 * this process then runs into (EFBIG). Linux only.
 */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'authlab-small-disk-'))
  try {
    system('mount', '-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder)
    return mounted(folder)
  } catch {
    return limited(folder)
  }
}

function mounted(folder: string): SmallDisk {
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill(room = 0) {
      rmSync(ballast, { force: true })
      const file = openSync(ballast, 'w')
      try {
        for (const bytes of [65_536, 1]) while (isWritten(file, bytes));
        if (room > 0) ftruncateSync(file, Math.max(0, fstatSync(file).size - room))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      system('umount', folder)
      rmSync(folder, { recursive: true })
    },
  }
}

function isWritten(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes, 1)) > 0
  } catch {
    return false
  }
}

function limited(folder: string): SmallDisk {
  const limit = (bytes: string): void => system('prlimit', '--pid', String(process.pid), `--fsize=${bytes}:`)
  const free = (): void => limit('unlimited')
  return {
    folder,
    fill: () => limit('0'),
    free,
    close() {
      free()
      rmSync(folder, { recursive: true })
    },
  }
}
