import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const RUN_MS = 120_000

async function openCompare(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
}

async function measure(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Run/ }).first().click()
  await expect(page.getByText('Measured on this machine')).toBeVisible({ timeout: RUN_MS })
}

test('nothing is measured before a run; a run fills every cell with what real requests did, and each opens them', async ({ page, lab }) => {
  test.setTimeout(RUN_MS)
  await openCompare(page, lab.ready.workbench)
  const table = page.getByRole('table', { name: 'Compare' })
  await expect(table.getByText('Not measured yet.')).toHaveCount(10)
  await expect(page.getByRole('button', { name: 'Copy summary' })).toBeDisabled()
  expect(await seriousFindings(page)).toEqual([])

  await measure(page)
  await expect(table.getByText('Not measured yet.')).toHaveCount(0)
  await expect(table).toContainText('With memory per node, round robin over 3 nodes refused 80.')
  await expect(table).toContainText('Still accepted 14:59 after logout')
  await expect(table).toContainText('Secret leaked: 0 of 240 got in')
  await expect(table).toContainText('Key leaked: admin on try 1')
  await expect(page.getByText('0 requests')).toBeVisible()

  await page.getByRole('button', { name: 'Open what was measured: Secret exposure, JWT bearer, forged role admin' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('listitem').filter({ hasText: '/admin/users' })).toHaveCount(4)
  await expect(dialog.getByText(/steps on the server/)).toBeVisible()
  await dialog.getByRole('tab', { name: 'Response' }).click()
  await expect(dialog.getByText('HTTP/1.1 200')).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Escape')

  await page.getByRole('radio', { name: 'JWT with denylist' }).click()
  await expect(table).toContainText('Its jti is on the denylist')
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
})

test('the answers lead to a recommendation with its reasons, which is exported with the measurements, and a run is repeated', async ({
  page,
  lab,
}) => {
  test.setTimeout(RUN_MS)
  await openCompare(page, lab.ready.workbench)
  await measure(page)
  const result = page.getByRole('region', { name: 'Result', exact: true })
  await expect(result.getByRole('heading', { name: 'Session', exact: true })).toBeVisible()
  await page.getByRole('radio', { name: 'Mobile' }).click()
  await page.getByRole('radio', { name: 'Other teams' }).click()
  await expect(result.getByRole('heading', { name: 'Short JWT, refresh and denylist' })).toBeVisible()
  await expect(result).toContainText('What would flip it')
  await expect(result).toContainText('Who may hold the key? Our nodes: then Session.')
  await result.getByRole('button', { name: 'Open what was measured: Secret exposure, Session' }).click()
  await expect(page.getByRole('dialog')).toContainText('242 requests, kept with the run')
  await page.keyboard.press('Escape')

  const saved = async (name: string): Promise<string> => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export report' }).click()
    await page.getByRole('menuitem', { name }).click()
    return readFileSync(await (await download).path(), 'utf8')
  }
  const markdown = await saved('As Markdown')
  expect(markdown).toContain('## Decision: Short JWT, refresh and denylist')
  expect(markdown).toContain('0 of 240 got in')
  const html = await saved('As HTML, one page')
  expect(html).toContain('Short JWT, refresh and denylist')
  await page.getByRole('button', { name: 'Export report' }).click()
  await expect(page.getByRole('menuitem', { name: 'As PDF' })).toHaveCount(0)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /Measured on this machine/ }).click()
  await page.getByRole('menuitem', { name: 'Repeat this run' }).click()
  await expect(page.getByText('Measured on this machine')).toBeVisible({ timeout: RUN_MS })
  await page.getByRole('button', { name: /Measured on this machine/ }).click()
  await expect(page.getByRole('menuitem', { name: /requests in/ })).toHaveCount(2)
})

for (const [theme, language] of [
  ['dark', 'en'],
  ['light', 'zh-CN'],
] as const) {
  test(`nothing of the filled screen is hard to use (${theme}, ${language})`, async ({ page, lab }) => {
    test.setTimeout(RUN_MS)
    await page.addInitScript((kept) => localStorage.setItem('authlab.ui', JSON.stringify(kept)), { theme, language })
    await lab.call('POST', '/comparison/run')
    await page.goto(lab.ready.workbench)
    await page.locator('.rail').getByRole('button').nth(2).click()
    await expect(page.getByRole('table')).toContainText('JWT')
    await expect(page.getByRole('table')).toContainText('admin')
    expect(await seriousFindings(page)).toEqual([])
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })
}
