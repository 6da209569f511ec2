import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, type ElectronApplication, _electron as electron, expect, type Page } from '@playwright/test'
import { type StagedApp, stageElectron } from '../../../scripts/stage-electron.ts'
import { askedOfNetwork } from './net-log.ts'
import { foreignPeers } from './outbound.ts'

const FREE = ['--port', '0', '--balancer-port', '0']
const SAMPLE_MS = 100

/** The desktop app with its window open. */
export interface Desktop {
  app: ElectronApplication
  page: Page
  /** The origin of the lab that the window belongs to. */
  origin: string
  /** Ends the app. Resolves to everything it asked of anything but this machine. */
  close(): Promise<string[]>
}

interface Fixtures {
  desktop: Desktop
}
interface WorkerFixtures {
  staged: StagedApp
}

/** Starts the staged app in a window, in English unless the flags say otherwise, and watches all of its processes. */
export async function openDesktop(
  { executable, folder }: StagedApp,
  flags: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Desktop> {
  const watched = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  const netLog = join(watched, 'net-log.json')
  const switches = [
    '--no-sandbox',
    `--log-net-log=${netLog}`,
    ...(flags.some((flag) => flag.startsWith('--lang=')) ? [] : ['--lang=en-US']),
  ]
  const app = await electron.launch({
    executablePath: executable,
    args: [...switches, folder, ...FREE, ...flags],
    env: Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  })
  const { pid } = app.process()
  const peers = new Set<string>()
  const sampling = setInterval(() => {
    for (const peer of foreignPeers(pid ?? 0)) peers.add(peer)
  }, SAMPLE_MS)
  const page = await app.firstWindow()
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//)
  const close = async (): Promise<string[]> => {
    await app.close()
    clearInterval(sampling)
    const left = [...peers, ...askedOfNetwork(netLog)]
    rmSync(watched, { recursive: true })
    return left
  }
  return { app, page, origin: new URL(page.url()).origin, close }
}

/** Tests of the desktop app in a real Electron: one staged copy a worker, one fresh lab a test, which fails when anything of it left the machine. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  staged: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
    async ({}, use, info) => use(await stageElectron(`worker-${info.workerIndex}`, (line) => process.stderr.write(`${line}\n`))),
    { scope: 'worker', timeout: 600_000 },
  ],
  desktop: async ({ staged }, use) => {
    const desktop = await openDesktop(staged, ['--fresh'])
    await use(desktop)
    expect(await desktop.close(), 'what left this machine').toEqual([])
  },
})

export { expect }

/** An executable as a process of its own, as a launcher starts it. */
export function spawnApp(executable: string, ...flags: string[]): ChildProcess {
  const child = spawn(executable, ['--no-sandbox', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  child.on('exit', (_code, signal) => {
    // Chromium ends itself by a signal when something is badly wrong, and says so only here.
    if (signal !== null) process.stderr.write(`${executable} was ended by ${signal}:\n${complaints}`)
  })
  return child
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
