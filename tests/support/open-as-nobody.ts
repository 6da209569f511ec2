import { parseConfig } from '../../src/server/config.ts'
import { LabError } from '../../src/server/errors.ts'
import { startLab } from '../../src/server/lab.ts'
import { openDatabase } from '../../src/server/storage/open.ts'

// Permissions do not bind root: as root this process becomes somebody without rights first. Prints the code of what each attempt failed with.
const NOBODY = 65_534
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}

const [folder = ''] = process.argv.slice(2)
const attempts = {
  database: () => openDatabase(`${folder}/target.db`, 'target'),
  lab: () => startLab(labConfig(['--data-dir', folder])),
  'fresh lab': () => startLab(labConfig(['--fresh', '--data-dir', folder])),
}

function labConfig(flags: string[]) {
  const parsed = parseConfig(['--browser', '--port', '0', '--balancer-port', '0', ...flags], {})
  if (!('dataDir' in parsed)) throw new Error('These flags start no lab.')
  return parsed
}

const failures: Record<string, unknown> = {}
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt()
    failures[name] = null
  } catch (error) {
    failures[name] = error instanceof LabError ? { code: error.code, message: error.message } : String(error)
  }
}
process.stdout.write(JSON.stringify(failures))
process.exit(0)
