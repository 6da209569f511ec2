import { LabError } from './errors.ts'

/** Whether a write failed because the disk, a quota or a limit on the size of files allows no more: by the codes of SQLite and of the system. */
export const isNoRoom = (error: unknown): boolean =>
  /^(?:SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC|EDQUOT|EFBIG)$/.test(String((error as { code?: unknown } | null)?.code))

/** What whoever asked for the write is told. */
export const noRoom = (cause: unknown): LabError =>
  new LabError('storage', 'There is no room left on the disk of the data folder: free some, then try again.', { cause })
