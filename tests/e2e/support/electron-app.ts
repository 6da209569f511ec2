import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test as base, type ElectronApplication, _electron as electron, type Page } from '@playwright/test'
import { type StagedApp, stageElectron } from '../../../scripts/stage-electron.ts'

const FREE = ['--fresh', '--port', '0', '--balancer-port', '0']

/** The desktop app with its window open. */
export interface Desktop {
  app: ElectronApplication
  page: Page
  /** The origin of the lab that the window belongs to. */
  origin: string
}

interface Fixtures {
  desktop: Desktop
}
interface WorkerFixtures {
  staged: StagedApp
}

/** Tests of the desktop app in a real Electron: one staged copy a worker, one fresh lab a test. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  staged: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
    async ({}, use, info) => use(await stageElectron(`worker-${info.workerIndex}`, (line) => process.stderr.write(`${line}\n`))),
    { scope: 'worker', timeout: 600_000 },
  ],
  desktop: async ({ staged }, use) => {
    const app = await electron.launch({ executablePath: staged.executable, args: ['--no-sandbox', staged.folder, ...FREE] })
    const page = await app.firstWindow()
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//)
    await use({ app, page, origin: new URL(page.url()).origin })
    await app.close()
  },
})

export { expect } from '@playwright/test'

/** An executable as a process of its own, as a launcher starts it. */
export function spawnApp(executable: string, ...flags: string[]): ChildProcess {
  return spawn(executable, ['--no-sandbox', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The staged app as a process of its own. */
export const spawnDesktop = ({ executable, folder }: StagedApp, ...flags: string[]): ChildProcess => spawnApp(executable, folder, ...flags)

/** The first line of a stream that starts with this. @throws Error when the stream ends without one */
export async function lineOf(stream: NodeJS.ReadableStream | null, start: string): Promise<string> {
  if (!stream) throw new Error('the process has no such stream')
  for await (const line of createInterface({ input: stream })) if (line.startsWith(start)) return line
  throw new Error(`the process ended without a line "${start}..."`)
}

/** The exit code of a process, once it has ended. */
export async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
