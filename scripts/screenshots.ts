import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { buildWhenStale } from './build-when-stale.ts'
import { startLabProcess } from './lab-process.ts'
import { findChromium } from './machine.ts'
import { ROOT } from './paths.ts'

const FOLDER = join(ROOT, 'docs', 'images')
const PICTURES = [
  { name: 'workbench-light', theme: 'light', language: 'en', width: 1440, height: 900 },
  { name: 'workbench-dark', theme: 'dark', language: 'en', width: 1440, height: 900 },
  { name: 'workbench-zh', theme: 'light', language: 'zh-CN', width: 1440, height: 900 },
  { name: 'workbench-1280', theme: 'light', language: 'en', width: 1280, height: 800 },
] as const

const CLUSTER = { name: 'cluster-light', theme: 'light', language: 'en', width: 1440, height: 900 } as const
type Picture = (typeof PICTURES)[number] | typeof CLUSTER

type Call = (method: string, path: string, body?: unknown) => Promise<Response>

/** The README's story, played for real. */
async function play(call: Call): Promise<void> {
  const send = (client: string, path: string, credential = 'current') =>
    call('POST', `/clients/${client}/requests`, { method: 'GET', path, credential })
  for (const client of ['alice-laptop', 'alice-phone', 'bob-laptop']) await call('POST', `/clients/${client}/login`)
  await send('bob-laptop', '/me')
  await send('bob-laptop', '/admin/users')
  await send('alice-phone', '/orders')
  await call('POST', '/clients/bob-laptop/logout')
  await send('bob-laptop', '/me', 'discarded')
  await call('PUT', '/clock', { offsetMs: 15 * 60_000 + 1000 })
  await send('alice-phone', '/me')
  await call('POST', '/nodes/node-3/kill')
  await send('mallory', '/me')
  await send('alice-laptop', '/me')
}

/** A session that each node keeps to itself, followed by the affinity cookie until its node is gone. */
async function playCluster(call: Call): Promise<void> {
  const send = (client: string) => call('POST', `/clients/${client}/requests`, { method: 'GET', path: '/me', credential: 'current' })
  await call('PUT', '/clock', { offsetMs: 0 })
  await call('DELETE', '/exchanges')
  await call('POST', '/nodes/node-3/start')
  await call('PATCH', '/cluster', { store: 'memory' })
  await call('POST', '/clients/alice-laptop/login')
  await send('alice-laptop')
  await call('PATCH', '/cluster', { strategy: 'sticky' })
  for (const client of ['alice-laptop', 'alice-phone', 'bob-laptop']) await call('POST', `/clients/${client}/login`)
  const logins: { node: string }[] = await (await call('GET', '/exchange-summaries?client=alice-laptop&q=/session')).json()
  for (const client of ['alice-laptop', 'bob-laptop', 'alice-laptop']) await send(client)
  await call('POST', `/nodes/${logins.at(-1)?.node}/kill`)
  await send('bob-laptop')
  await send('alice-laptop')
}

/** A page of the lab as a picture wants it. */
async function openPage(browser: Browser, workbench: string, picture: Omit<Picture, 'name'>): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: picture.width, height: picture.height } })
  const kept = JSON.stringify({ theme: picture.theme, language: picture.language })
  await page.addInitScript((value) => localStorage.setItem('authlab.ui', value), kept)
  await page.goto(workbench)
  return page
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' })
  await page.close()
}

async function shoot(browser: Browser, workbench: string, picture: Picture): Promise<void> {
  const page = await openPage(browser, workbench, picture)
  await page.getByRole('row').filter({ hasText: '/me' }).last().click()
  await page.getByRole('heading', { name: 'GET /me' }).waitFor()
  await take(page, picture.name)
}

const PLAIN = { theme: 'light', language: 'en', width: 1440, height: 900 } as const

/** The wide inspector, with a token beside a session. */
async function shootCredential(browser: Browser, workbench: string): Promise<void> {
  const page = await openPage(browser, workbench, PLAIN)
  await page.getByRole('row').filter({ hasText: '/me' }).filter({ hasText: 'JWT bearer' }).last().click()
  await page.getByRole('tab', { name: 'Credential' }).click()
  await page.keyboard.press('w')
  await page.locator('.cm-content').first().waitFor()
  await page.getByRole('heading', { name: 'What the server keeps' }).waitFor()
  await page.getByRole('heading', { name: 'Weak points' }).first().waitFor()
  await take(page, 'credential-light')
}

/** The comparison, measured. */
async function shootCompare(browser: Browser, workbench: string): Promise<void> {
  const page = await openPage(browser, workbench, PLAIN)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByText('Measured on this machine').waitFor()
  await take(page, 'compare-light')
}

if (!(await buildWhenStale())) process.exit(1)
const executablePath = findChromium()
if (!executablePath) {
  process.stderr.write('No Chromium found; install one first.\n')
  process.exit(1)
}
mkdirSync(FOLDER, { recursive: true })
const lab = await startLabProcess()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
try {
  await play(lab.call)
  for (const picture of PICTURES) await shoot(browser, lab.ready.workbench, picture)
  await playCluster(lab.call)
  await shoot(browser, lab.ready.workbench, CLUSTER)
  await lab.call('POST', '/lab/reset')
  for (const client of ['alice-laptop', 'bob-laptop']) {
    await lab.call('POST', `/clients/${client}/login`)
    await lab.call('POST', `/clients/${client}/requests`, { method: 'GET', path: '/me', credential: 'current' })
  }
  await shootCredential(browser, lab.ready.workbench)
  await lab.call('POST', '/comparison/run', {})
  await shootCompare(browser, lab.ready.workbench)
} finally {
  await browser.close()
  await lab.stop()
}
