import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureRegistryRuntime } from './electron-runtime.ts'
import { bin, OUT, ROOT, SCRATCH } from './paths.ts'

/** The built app in a folder that the registry's Electron can run. */
export interface StagedApp {
  /** Version of that Electron. */
  version: string
  /** The Electron to run it with. */
  executable: string
  /** That Electron's unpacked folder. */
  dist: string
  folder: string
}

/** What the app needs at run time beside its bundle, with the versions that are staged. */
function dependencies(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return manifest.dependencies
}

/** Stages `out/`, a small package.json and the native modules for the registry's runtime. @param name of the folder, so that suites do not share one */
export async function stageElectron(name: string, say: (line: string) => void): Promise<StagedApp> {
  const { version: electronVersion, dist, executable, sqlite } = await ensureRegistryRuntime(say)
  const folder = join(SCRATCH, 'staged', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'node_modules', '@node-rs'), { recursive: true })
  cpSync(OUT, join(folder, 'out'), { recursive: true })
  const { productName, version, description, author, license, type, main } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const manifest = { name: 'authlab', productName, version, description, author, license, type, main, dependencies: dependencies() }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  cpSync(sqlite, join(folder, 'node_modules', 'better-sqlite3'), { recursive: true })
  for (const module of readdirSync(bin('@node-rs'))) {
    if (module.startsWith('argon2'))
      cpSync(bin(`@node-rs/${module}`), join(folder, 'node_modules', '@node-rs', module), { recursive: true })
  }
  return { version: electronVersion, executable, dist, folder }
}
