import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The project's folder. */
export const ROOT = resolve(import.meta.dirname, '..')
/** Where the build lands. */
export const OUT = join(ROOT, 'out')
/** Scratch space of this checkout; git ignores it. */
export const SCRATCH = join(ROOT, '.cache')
/** Where this user's downloads and builds are kept between checkouts. */
export const USER_CACHE =
  process.platform === 'win32'
    ? join(process.env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'authlab', 'Cache')
    : join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'authlab')
/** The command line of a package's executable, to be run by this Node. */
export const bin = (path: string): string => join(ROOT, 'node_modules', path)
