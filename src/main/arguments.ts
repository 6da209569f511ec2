/** Switches of Chromium and of what launches Electron, which are no flags of ours: as whole names. */
const FOREIGN_NAMES = new Set([
  'inspect',
  'inspect-brk',
  'inspect-port',
  'js-flags',
  'user-data-dir',
  'lang',
  'in-process-gpu',
  'no-zygote',
  'no-first-run',
  'headless',
  'original-process-start-time',
  'trace-warnings',
  'v',
  'vmodule',
  'single-process',
])
/** The same by the beginning of the name. */
const FOREIGN_PREFIXES = [
  'remote-debugging-',
  'disable-',
  'enable-',
  'force-',
  'ozone-',
  'use-',
  'gtk-',
  'log-',
  'ignore-',
  'allow-',
  'password-store',
]

function isForeign(argument: string): boolean {
  const name = argument.match(/^--([a-z0-9-]+)/)?.[1]
  if (name === undefined) return argument.startsWith('-psn_')
  return FOREIGN_NAMES.has(name) || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))
}

/**
 * The flags meant for AuthLab out of a whole command line.
 * @param hasAppFolder true when Electron was told which folder to run: everything up to that folder is Electron's own
 */
export function ownFlags(argv: readonly string[], hasAppFolder: boolean): string[] {
  const folder = hasAppFolder ? argv.findIndex((argument, index) => index > 0 && !argument.startsWith('-')) : 0
  const before = argv.slice(1, folder < 0 ? argv.length : folder)
  const flags = argv.slice(folder < 0 ? argv.length : folder + 1).filter((argument) => !isForeign(argument))
  return before.includes('--no-sandbox') && !flags.includes('--no-sandbox') ? ['--no-sandbox', ...flags] : flags
}
