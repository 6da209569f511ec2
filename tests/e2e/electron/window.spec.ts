import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron as electron } from '@playwright/test'
import type {} from '../../../src/renderer/desktop.ts'
import { expect, test } from '../support/electron-app.ts'
import { foreignPeers } from '../support/outbound.ts'

const FOREIGN = 'http://192.0.2.1/'

test('the window shows the workbench from the lab itself, in a sandboxed page without Node', async ({ desktop: { app, page } }) => {
  await expect(page.getByRole('article', { name: 'Alice·Laptop' })).toBeVisible()
  const seen = await page.evaluate(() => ({ process: 'process' in window, require: 'require' in window, desktop: 'desktop' in window }))
  expect(seen).toEqual({ process: false, require: false, desktop: true })
  const preferences = await app.evaluate(({ BrowserWindow }): unknown => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return contents && Reflect.apply(Reflect.get(contents, 'getLastWebPreferences'), contents, [])
  })
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
})

test('a foreign page is neither shown nor opened, and counts as blocked', async ({ desktop: { app, page, origin } }) => {
  const blocked = () => page.evaluate(() => window.desktop?.blockedRequests?.())
  const before = (await blocked()) ?? 0
  await page.evaluate((url) => {
    window.open(url)
  }, FOREIGN)
  await expect.poll(blocked).toBe(before + 1)
  await page.evaluate((url) => {
    location.href = url
  }, FOREIGN)
  await expect.poll(blocked).toBe(before + 2)
  expect(new URL(page.url()).origin).toBe(origin)
  expect(app.windows()).toHaveLength(1)
})

test('a request that leaves the lab is blocked in the session, whoever sends it', async ({ desktop: { app, page } }) => {
  const blocked = () => page.evaluate(() => window.desktop?.blockedRequests?.())
  const before = (await blocked()) ?? 0
  const failure = await app.evaluate(
    ({ BrowserWindow }, url) =>
      BrowserWindow.getAllWindows()[0]
        ?.webContents.session.fetch(url, { bypassCustomProtocolHandlers: true })
        .then(
          () => 'answered',
          (error: Error) => error.message,
        ),
    FOREIGN,
  )
  expect(failure).toContain('ERR_BLOCKED_BY_CLIENT')
  await expect.poll(blocked).toBe(before + 1)
  expect(
    await page.evaluate(
      (url) =>
        fetch(url).then(
          () => 'answered',
          () => 'refused',
        ),
      FOREIGN,
    ),
  ).toBe('refused')
  expect(foreignPeers(app.process().pid ?? 0)).toEqual([])
})

test('every permission is refused', async ({ desktop: { page } }) => {
  const states = await page.evaluate(() =>
    Promise.all(
      (['geolocation', 'notifications', 'camera'] as PermissionName[]).map(
        async (name) => (await navigator.permissions.query({ name })).state,
      ),
    ),
  )
  expect(states).toEqual(['denied', 'denied', 'denied'])
})

test("a client's browser window has its own cookie jar, and its traffic bears the client's name", async ({ desktop: { app, page } }) => {
  const [portal] = await Promise.all([app.waitForEvent('window'), page.evaluate(() => window.desktop?.openClientWindow?.('bob-laptop'))])
  await portal.waitForURL(/^http:\/\/app\.localhost:\d+\//)
  await portal.waitForLoadState()
  expect(await portal.evaluate(() => 'desktop' in window)).toBe(false)
  expect(await portal.evaluate(() => navigator.userAgent)).not.toMatch(/electron|authlab/i)
  const named = await page.evaluate(async () => {
    const token = sessionStorage.length > 0 ? Object.values({ ...sessionStorage }).join(' ') : ''
    const bearer = /[\w-]{43}/.exec(token)?.[0]
    const answer = await fetch('/lab/api/exchange-summaries', { headers: { authorization: `Bearer ${bearer}` } })
    const rows: { path: string; client: string | null }[] = await answer.json()
    return rows.filter(({ path }) => path === '/').map(({ client }) => client)
  })
  expect(named).toContain('bob-laptop')
  await portal.evaluate((url) => {
    location.href = url
  }, page.url())
  expect(await portal.evaluate(() => location.hostname)).toBe('app.localhost')
})

test('the menu sends its commands to the page', async ({ desktop: { app, page } }) => {
  await expect(page.getByRole('article', { name: 'Alice·Laptop' })).toBeVisible()
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('command-palette')?.click())
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('the menu is Chinese where the system is', async ({ staged }) => {
  const args = ['--no-sandbox', '--lang=zh-CN', staged.folder, '--fresh', '--port', '0', '--balancer-port', '0']
  const app = await electron.launch({ executablePath: staged.executable, args })
  await app.firstWindow()
  const labels = await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))
  expect(labels).toContain('实验室(&L)')
  await app.close()
})

test('text is saved where the dialog says, and nowhere when it is cancelled', async ({ desktop: { app, page } }, info) => {
  const save = () => page.evaluate(() => window.desktop?.saveFile?.('../a.har', '{}'))
  const file = join(info.outputDir, 'saved.har')
  await app.evaluate(
    async ({ dialog }, { folder, filePath }) => {
      process.getBuiltinModule('node:fs').mkdirSync(folder, { recursive: true })
      Object.assign(dialog, { showSaveDialog: async () => ({ canceled: false, filePath }) })
    },
    { folder: info.outputDir, filePath: file },
  )
  expect(await save()).toBe(file)
  expect(readFileSync(file, 'utf8')).toBe('{}')
  await app.evaluate(
    ({ dialog }) => Object.assign(dialog, { showSaveDialog: async () => ({ canceled: true, filePath: '' }) }).constructor.name,
  )
  expect(await save()).toBeNull()
  expect(existsSync(join(info.outputDir, 'a.har'))).toBe(false)
})

test('a crashed page is loaded again when the operator wants it', async ({ desktop: { app, page, origin } }) => {
  await expect(page.getByRole('article', { name: 'Alice·Laptop' })).toBeVisible()
  const url = await app.evaluate(async ({ BrowserWindow, dialog }) => {
    Object.assign(dialog, { showMessageBox: async () => ({ response: 0, checkboxChecked: false }) })
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const loaded = new Promise((done) => contents?.once('did-finish-load', () => done(null)))
    contents?.forcefullyCrashRenderer()
    await loaded
    return contents?.getURL()
  })
  expect(new URL(url ?? '').origin).toBe(origin)
})
