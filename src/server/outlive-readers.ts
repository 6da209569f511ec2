/** Lets the process go on when whoever read its output is gone: what is written then is lost (EPIPE, EIO), no more. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
