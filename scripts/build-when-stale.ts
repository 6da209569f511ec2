import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { bin, OUT, ROOT, SCRATCH } from './paths.ts'

const STAMP = join(SCRATCH, 'build-stamp')
const INPUTS = ['package.json', 'package-lock.json', 'electron.vite.config.ts']

/** One digest over everything the build reads. */
function digestOfInputs(): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of [...INPUTS.map((name) => join(ROOT, name)), ...files]) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

/** Builds everything into `out/`. Prints what went wrong and answers false when it fails. */
export async function build(): Promise<boolean> {
  rmSync(STAMP, { force: true })
  const digest = digestOfInputs()
  const { code, output } = await run(process.execPath, [bin('electron-vite/bin/electron-vite.js'), 'build'], { cwd: ROOT })
  if (code !== 0) {
    process.stderr.write(`${output}\nThe build failed.\n`)
    return false
  }
  mkdirSync(SCRATCH, { recursive: true })
  writeFileSync(STAMP, digest)
  return true
}

/** Builds when `out/` is missing or older than what it is made from. Answers whether there is a good build. */
export async function buildWhenStale(): Promise<boolean> {
  const isFresh = existsSync(join(OUT, 'main', 'cli.js')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digestOfInputs()
  if (isFresh) return true
  process.stderr.write('Building AuthLab (once after every change)...\n')
  return build()
}
