import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { card, inspector, overflowOf, press, seriousFindings } from '../support/workbench.ts'

test.use({ actionTimeout: 8000 })

/** Everything that a page shows, says or holds in an attribute. */
const everythingOn = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.outerHTML)

/** Every secret that clients of this lab hold, and the parts of each. */
async function secretsOf({ ready }: { ready: { api: string; token: string } }): Promise<string[]> {
  const answer = await fetch(`${ready.api}/clients`, { headers: { authorization: `Bearer ${ready.token}` } })
  const clients = (await answer.json()) as { cookies: { value: string }[]; vault: { token: string }[] }[]
  const whole = clients.flatMap(({ cookies, vault }) => [...cookies.map(({ value }) => value), ...vault.map(({ token }) => token)])
  return whole.flatMap((secret) => [secret, ...decodeURIComponent(secret).replace(/^s:/, '').split('.')])
}

/** Size of the smallest text in the boxes of the picture, pixels on the screen. */
const smallestTextOf = (page: Page): Promise<number> =>
  page.locator('.react-flow__node').evaluateAll((boxes) => {
    const texts = boxes.flatMap((box) =>
      [...box.querySelectorAll('*')].filter(({ childNodes }) =>
        [...childNodes].some(({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent?.trim()),
      ),
    )
    const drawn = texts.flatMap((text) => {
      const laidOut = (text as HTMLElement).offsetHeight
      return laidOut > 0 ? (Number.parseFloat(getComputedStyle(text).fontSize) * text.getBoundingClientRect().height) / laidOut : []
    })
    return drawn.length === 0 ? 0 : Math.min(...drawn)
  })

test('what the picture says is larger for a room, at each scale, in both sizes of the window', async ({ page, lab }) => {
  for (const [width, height] of [
    [1440, 900],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.goto(lab.ready.workbench)
    await expect(page.locator('.react-flow__node').filter({ hasText: 'Store' })).toBeVisible()
    const atDesk = await smallestTextOf(page)
    await page.keyboard.press('p')
    for (const scale of [125, 150]) {
      await page.getByRole('button', { name: 'Options of presenter mode' }).click()
      await page.getByRole('menuitem', { name: `${scale} %` }).click()
      await expect.poll(async () => (await smallestTextOf(page)) / atDesk, { message: `${width} at ${scale} %` }).toBeGreaterThan(1.1)
      const pane = await page.locator('.react-flow').boundingBox()
      for (const box of await page.locator('.react-flow__node').all()) {
        const place = await box.boundingBox()
        expect(place && pane && place.x >= pane.x && place.x + place.width <= pane.x + pane.width, `${width} at ${scale} %`).toBe(true)
      }
    }
    await page.keyboard.press('p')
  }
})

test('presenter mode hides every cookie, token and password wherever it is drawn, in tooltips, too, and shows them again after', async ({
  page,
  lab,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await card(page, 'Alice·Laptop')
    .getByRole('button', { name: /^Cookie jar/ })
    .click()
  await press(page, 'Bob·Laptop', 'Log in')
  await card(page, 'Bob·Laptop')
    .getByRole('button', { name: /^Token vault/ })
    .click()
  await press(page, 'Bob·Laptop', 'Call /me')
  const secrets = await secretsOf(lab)
  const shown = await everythingOn(page)
  expect(secrets.filter((secret) => shown.includes(secret)).length).toBeGreaterThan(3)
  await page.keyboard.press('p')
  await expect(page.getByRole('button', { name: /^Presenting, 125 %/ })).toBeVisible()
  for (const request of [/POST\s*\/session/, /POST\s*\/token/, /GET\s*\/me/]) {
    await page.getByRole('row', { name: request }).first().click()
    for (const tab of ['Story', 'Request', 'Response', 'Credential', 'State', 'Sequence']) {
      await inspector(page).getByRole('tab', { name: tab }).click()
      await expect(inspector(page).getByRole('tabpanel')).not.toBeEmpty()
      const all = await everythingOn(page)
      for (const secret of [...secrets, 'alice-pass', 'bob-pass']) expect(all, `${tab} shows ${secret}`).not.toContain(secret)
    }
  }
  await page.keyboard.press('w')
  await expect(page.getByRole('region', { name: /^Inspector/ })).toBeVisible()
  const wide = await everythingOn(page)
  for (const secret of secrets) expect(wide, secret).not.toContain(secret)
  await page.keyboard.press('w')
  await inspector(page).getByRole('tab', { name: 'Request' }).click()
  await page
    .getByRole('button', { name: /curl.*without secrets/ })
    .first()
    .click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('curl')
  for (const secret of secrets) expect(copied).not.toContain(secret)
  await page.keyboard.press('p')
  const drawnAgain = async (): Promise<number> => {
    const all = await everythingOn(page)
    return secrets.filter((secret) => all.includes(secret)).length
  }
  await expect.poll(drawnAgain).toBeGreaterThan(0)
})

test('it outlives a loading of the tab, leaves by P and by Escape, and fits at every size in both themes and languages', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await press(page, 'Alice·Laptop', 'Call /me')
  await page.keyboard.press('p')
  await page.reload()
  await expect(page.getByRole('button', { name: /^Presenting, 125 %/ })).toBeVisible()
  await expect(card(page, 'Alice·Laptop').getByRole('radiogroup')).toHaveCount(0)
  await expect(page.getByRole('columnheader', { name: 'ms', exact: true })).toHaveCount(0)
  const sizes = [
    [1440, 900],
    [1280, 800],
  ] as const
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    for (const scale of [100, 125, 150]) {
      await page.getByRole('button', { name: 'Options of presenter mode' }).click()
      await page.getByRole('menuitem', { name: `${scale} %` }).click()
      expect(await overflowOf(page), `${width} at ${scale} %`).toBeLessThanOrEqual(0)
      const bottom = await page.locator('.stat').evaluate((bar) => bar.getBoundingClientRect().bottom)
      expect(Math.abs(bottom - height), `${height} at ${scale} %`).toBeLessThan(2)
    }
  }
  await page.mouse.move(300, 300)
  await expect(page.getByTestId('pointer-ring')).toHaveCSS('visibility', 'visible')
  await page.setViewportSize({ width: 1440, height: 900 })
  for (const _language of ['en', 'zh']) {
    for (const _theme of ['light', 'dark']) {
      expect(await seriousFindings(page)).toEqual([])
      await page.locator('.top-r > .tb.sq').click()
    }
    await page.locator('.top-r .tb', { hasText: /^(?:EN|中文)$/ }).click()
  }
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /^Presenter/ }).first()).toBeVisible()
})

test('a frozen page stands still while the lab goes on, and catches up at the thaw', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(page.getByRole('row', { name: /POST\s*\/session/ })).toHaveCount(1)
  await page.keyboard.press('f')
  await expect(page.getByText('Page frozen')).toBeVisible()
  const headers = { authorization: `Bearer ${lab.ready.token}`, 'content-type': 'application/json' }
  const before = await page.locator('.app').innerHTML()
  const clients = (await (await fetch(`${lab.ready.api}/clients`, { headers })).json()) as { id: string; name: string }[]
  const alice = clients.find(({ name }) => name === 'Alice·Laptop')?.id
  await fetch(`${lab.ready.api}/clients/${alice}/requests`, { method: 'POST', headers, body: JSON.stringify({ path: '/me' }) })
  await page.keyboard.press('2')
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  expect(await page.locator('.app').innerHTML()).toBe(before)
  await page.keyboard.press('f')
  await expect(page.getByRole('row', { name: /GET\s*\/me/ })).toHaveCount(1)
})

test('in a browser the notes are a second tab that has the token from no address; the workbench shows none meanwhile', async ({
  page,
  lab,
  context,
}) => {
  await page.goto(lab.ready.workbench)
  await expect(card(page, 'Alice·Laptop')).toBeVisible()
  await page.keyboard.press('2')
  await page.getByRole('main').getByRole('button', { name: 'Start' }).first().click()
  await page.getByRole('switch', { name: 'Presenter notes' }).click()
  const onPage = page.getByRole('region', { name: 'Presenter notes' })
  await expect(onPage).toBeVisible()
  await page.getByRole('button', { name: 'Options of presenter mode' }).click()
  const opening = context.waitForEvent('page')
  await page.getByRole('menuitem', { name: 'Notes in a second window' }).click()
  const notes = await opening
  await expect(notes.getByText('Step 1 of')).toBeVisible()
  expect(notes.url()).toMatch(/\/#notes$/)
  await expect(onPage).toHaveCount(0)
  expect(await seriousFindings(notes)).toEqual([])
  await notes.getByRole('button', { name: 'Freeze the page' }).click()
  await expect(page.getByText('Page frozen')).toBeVisible()
  await notes.getByRole('button', { name: 'Thaw the page' }).click()
  await expect(page.getByText('Page frozen')).toHaveCount(0)
  await notes.getByRole('combobox', { name: 'Add a lesson' }).selectOption({ index: 2 })
  await notes.getByRole('combobox', { name: 'Add a lesson' }).selectOption({ index: 1 })
  await expect(notes.getByRole('listitem')).toHaveCount(2)
  await notes.getByRole('button', { name: 'Next lesson' }).click()
  await expect(notes.getByRole('listitem').first()).toContainText('now')
  await notes.reload()
  await expect(notes.getByRole('listitem').first()).toContainText('now')
  await notes.close()
  await expect(onPage).toBeVisible()
})

test('the lab leaves as a file and comes back from it; B goes back to a checkpoint, and what was before can be had back', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  const section = page.getByRole('region', { name: 'The lab as a file' })
  const downloading = page.waitForEvent('download')
  await section.getByRole('button', { name: 'Save with secrets' }).click()
  const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  try {
    const file = join(folder, 'lab.authlab')
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/^authlab-[\dT-]+\.authlab$/)
    await download.saveAs(file)
    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3')
    const checkpoints = page.getByRole('region', { name: 'Checkpoints' })
    await checkpoints.getByRole('textbox', { name: 'Name' }).fill('Logged in')
    await checkpoints.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(checkpoints.getByText('Logged in')).toBeVisible()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await press(page, 'Alice·Laptop', 'Log out')
    await page.keyboard.press('b')
    await expect(page.getByText('The lab is as it was at “Logged in”')).toBeVisible()
    await press(page, 'Alice·Laptop', 'Call /me')
    await expect(page.getByRole('row', { name: /GET\s*\/me.*200/ })).toHaveCount(1)
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await expect(page.getByRole('row', { name: /DELETE\s*\/session/ })).toHaveCount(1)
    await page.getByRole('button', { name: 'Settings', exact: true }).click()
    const choosing = page.waitForEvent('filechooser')
    await section.getByRole('button', { name: 'Open a file' }).click()
    await (await choosing).setFiles(file)
    await expect(page.getByText('The lab of the file is here')).toBeVisible()
    await page.keyboard.press('Escape')
    await press(page, 'Alice·Laptop', 'Call /me')
    await expect(page.getByRole('row', { name: /GET\s*\/me.*200/ })).toHaveCount(1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
