import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { buildWhenStale } from './build-when-stale.ts'
import { run } from './command.ts'
import { canUseRegistryRuntime, ensureRegistryRuntime } from './electron-runtime.ts'
import { findChromium, makeMachineReady, withDisplay } from './machine.ts'
import { bin, ROOT, SCRATCH } from './paths.ts'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

const SUITES = ['unit', 'browser', 'electron'] as const
type Suite = (typeof SUITES)[number]

const VitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numPendingTests: z.number(), success: z.boolean() })
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
})

/** A suite that could not run counts as one failure, named with its reason. */
function couldNotRun(suite: Suite, reason: string): Tally {
  process.stdout.write(`SUITE NOT RUN: ${suite}: ${reason}\n`)
  return { passed: 0, failed: 1, skipped: 0 }
}

const reportFile = (suite: Suite): string => join(SCRATCH, `report-${suite}.json`)

function readReport<T>(suite: Suite, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(reportFile(suite), 'utf8')))
  } catch {
    return null
  }
}

async function runUnit(): Promise<Tally> {
  const args = [bin('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile('unit')}`]
  const { code } = await run(process.execPath, args, { cwd: ROOT, isShown: true })
  const report = readReport('unit', VitestReport)
  if (!report) return couldNotRun('unit', `vitest ended with ${code} and no report`)
  const failed = report.numFailedTests
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: report.numPendingTests }
}

async function runPlaywright(suite: 'browser' | 'electron', prefix: string[], env: NodeJS.ProcessEnv): Promise<Tally> {
  const command = [...prefix, process.execPath, bin('@playwright/test/cli.js'), 'test', `--project=${suite}`, '--reporter=list,json']
  const [file = process.execPath, ...args] = command
  const { code } = await run(file, args, {
    cwd: ROOT,
    isShown: true,
    env: { ...process.env, ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile(suite) },
  })
  const report = readReport(suite, PlaywrightReport)
  if (!report) return couldNotRun(suite, `Playwright ended with ${code} and no report`)
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky || (code === 0 ? 0 : 1), skipped }
}

async function runBrowser(missing: string | null): Promise<Tally> {
  const chromium = findChromium()
  if (!chromium) return couldNotRun('browser', missing ?? 'no Chromium; run: npx playwright install --with-deps chromium')
  return runPlaywright('browser', [], { AUTHLAB_CHROMIUM: chromium })
}

async function runElectron(missing: string | null): Promise<Tally> {
  const prefix = withDisplay()
  if (!prefix) return couldNotRun('electron', missing ?? 'no display and no xvfb-run')
  try {
    if (canUseRegistryRuntime()) await ensureRegistryRuntime((line) => process.stderr.write(`${line}\n`))
  } catch (error) {
    return couldNotRun('electron', error instanceof Error ? error.message : String(error))
  }
  return runPlaywright('electron', prefix, {})
}

async function runSuite(suite: Suite, missing: string | null): Promise<Tally> {
  rmSync(reportFile(suite), { force: true })
  process.stdout.write(`\n== ${suite}\n`)
  if (suite === 'unit') return runUnit()
  return suite === 'browser' ? runBrowser(missing) : runElectron(missing)
}

const only = process.argv[2] === '--only' ? process.argv.slice(3) : []
const unknown = only.filter((name) => !SUITES.some((suite) => suite === name))
if (unknown.length > 0) {
  process.stderr.write(`Unknown suite ${unknown.join(', ')}; there are ${SUITES.join(', ')}.\n`)
  process.exit(2)
}
mkdirSync(SCRATCH, { recursive: true })
const missing = await makeMachineReady()
if (missing) process.stderr.write(`${missing}\n`)
const total: Tally = { passed: 0, failed: 0, skipped: 0 }
if (await buildWhenStale()) {
  for (const suite of SUITES.filter((name) => only.length === 0 || only.includes(name))) {
    const { passed, failed, skipped } = await runSuite(suite, missing)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
  }
} else total.failed += 1
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`)
process.exitCode = total.failed === 0 ? 0 : 1
