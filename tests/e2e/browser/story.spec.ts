import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'

const card = (page: Page, name: string): Locator => page.getByRole('article', { name })
const inspector = (page: Page): Locator => page.getByRole('region', { name: 'Inspector' })
const status = (page: Page): Locator =>
  inspector(page)
    .getByText(/^[2-5]\d\d$/)
    .first()

async function press(page: Page, client: string, button: string): Promise<void> {
  await card(page, client).getByRole('button', { name: button, exact: true }).click()
}

async function choose(page: Page, client: string, item: string | RegExp): Promise<void> {
  await card(page, client)
    .getByRole('button', { name: `More for ${client}` })
    .click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('alice logs in by session and her phone by JWT, and each story says why it was allowed', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await press(page, 'Alice·Laptop', 'Call /me')
  await expect(inspector(page)).toContainText('GET /me')
  await expect(inspector(page)).toContainText(/\d reads?/)
  await press(page, 'Alice·Phone', 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await press(page, 'Alice·Phone', 'Call /me')
  await expect(inspector(page)).toContainText('GET /me')
  await expect(inspector(page)).toContainText(/not used/)
})

test('an expired session and a revoked one are refused with different verdicts', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await choose(page, 'Alice·Laptop', /Expire now/)
  await expect(card(page, 'Alice·Laptop')).toContainText('expired')
  await press(page, 'Alice·Laptop', 'Call /me')
  await expect(status(page)).toHaveText('401')
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await choose(page, 'Alice·Laptop', /Revoke this session/)
  await expect(card(page, 'Alice·Laptop')).toContainText('row gone')
  await press(page, 'Alice·Laptop', 'Call /me')
  await expect(status(page)).toHaveText('401')
  const verdicts = await (await lab.call('GET', '/exchanges?verdict=denied')).json()
  expect(verdicts.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['session-expired', 'unknown-session'])
})

test('a JWT outlives its logout until the lab clock passes exp', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Bob·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await press(page, 'Bob·Laptop', 'Log out')
  await expect(card(page, 'Bob·Laptop')).toContainText('Still accepted until')
  await press(page, 'Bob·Laptop', 'Try it anyway')
  await expect(status(page)).toHaveText('200')
  await expect(inspector(page)).toContainText('GET /me')
  const moved = await lab.call('PUT', '/clock', { offsetMs: 16 * 60_000 })
  expect(moved.status).toBe(200)
  const sent = await lab.call('POST', '/clients/bob-laptop/requests', { method: 'GET', path: '/me', credential: 'discarded' })
  const [id] = (await sent.json()).exchanges
  expect((await (await lab.call('GET', `/exchanges/${id}`)).json()).verdict).toBe('token-expired')
  await expect(page.getByRole('grid')).toContainText('401')
})

for (const theme of ['light', 'dark'] as const) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`the workbench in ${language}, ${theme}, has no serious accessibility finding and does not overflow`, async ({ page, lab }) => {
      await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language })])
      await lab.call('POST', '/clients/alice-laptop/login')
      await lab.call('POST', '/clients/bob-laptop/login')
      await lab.call('POST', '/clients/alice-laptop/requests', { method: 'GET', path: '/me' })
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(lab.ready.workbench)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await page.getByRole('row').filter({ hasText: '/me' }).last().click()
      await expect(page.getByRole('heading', { name: 'GET /me' })).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    })
  }
}
