import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron as electron } from '@playwright/test'
import { mustRun } from '../../../scripts/command.ts'
import type {} from '../../../src/renderer/desktop.ts'
import { type Desktop, expect, test } from '../support/electron-app.ts'
import { foreignPeers } from '../support/outbound.ts'
import { card, press } from '../support/workbench.ts'

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

test("a client's window shows the attacker's page while that is on, and what its form sends to the portal bears the client's name", async ({
  desktop: { app, page },
}) => {
  const call = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([verb, at, sent]) => {
        const bearer = /[\w-]{43}/.exec(Object.values({ ...sessionStorage }).join(' '))?.[0]
        const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
        return (await fetch(`/lab/api${at}`, { method: verb as string, headers, body: sent ? JSON.stringify(sent) : null })).json()
      },
      [method, path, body] as const,
    )
  const open = () => page.evaluate(() => window.desktop?.openClientWindow?.('bob-laptop', 'attacker'))
  await expect(open()).rejects.toThrow(/switch it on first/)
  const { url } = await call('PUT', '/attacker-site', { on: true })
  const [attacker] = await Promise.all([app.waitForEvent('window'), open()])
  await attacker.waitForURL(url)
  await attacker.locator('#form button').click()
  await attacker.waitForURL(/app\.localhost:\d+\/transfer$/)
  expect(await call('GET', '/exchange-summaries?q=/transfer')).toMatchObject([{ client: 'bob-laptop', verdict: 'no-credential' }])
  expect(await attacker.evaluate(() => 'desktop' in window)).toBe(false)
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

/** Kills the page's process and answers the question that follows. Resolves to that question. */
async function crash({ app }: Desktop, answer: number): Promise<{ message: string; buttons: string[] }> {
  return app.evaluate(
    ({ BrowserWindow, dialog }, response) =>
      new Promise((asked) => {
        const showMessageBox = async (_window: unknown, { message, buttons }: { message: string; buttons: string[] }) => {
          asked({ message, buttons })
          return { response, checkboxChecked: false }
        }
        Object.assign(dialog, { showMessageBox })
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer()
      }),
    answer,
  )
}

test('a crashed page offers to reload, and then shows the same lab again', async ({ desktop }) => {
  const { app, page, origin } = desktop
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(card(page, 'Alice·Laptop')).not.toContainText('Not logged in')
  expect(await crash(desktop, 0)).toEqual({ message: 'The window stopped working.', buttons: ['Reload', 'Quit AuthLab'] })
  const shown = () =>
    app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      // A page that is not there yet does not answer.
      if (!contents || contents.isCrashed() || contents.isLoading()) return null
      return contents.executeJavaScript("location.origin + ' ' + document.querySelector('article')?.innerText")
    })
  await expect.poll(shown).toContain(`${origin} A`)
  expect(await shown()).toContain('sid')
})

test('a crashed page that nobody wants back ends the lab', async ({ desktop }) => {
  const ended = once(desktop.app.process(), 'exit')
  await crash(desktop, 1)
  expect((await ended)[0]).toBe(0)
})

test('the window has the icon of the app, also when it is started from its source', async ({ desktop: { app } }) => {
  const handle = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNativeWindowHandle().readUInt32LE())
  // Its first two numbers are width and height (Extended Window Manager Hints, _NET_WM_ICON).
  const icon = await mustRun('xprop', ['-id', String(handle), '-f', '_NET_WM_ICON', '32c', '-len', '16', '_NET_WM_ICON'])
  expect(icon).toMatch(/= 512, 512$/m)
})
