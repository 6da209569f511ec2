import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { parseMermaid } from '../../renderer/inspector/sequence-mermaid-grammar.ts'
import { expect, test } from '../support/fixtures.ts'
import { card, inspector, overflowOf, press, seriousFindings } from '../support/workbench.ts'

const ALICE = 'Alice·Laptop'
const BOB = 'Bob·Laptop'

const openSequence = async (page: Page): Promise<void> => {
  await inspector(page).getByRole('tab', { name: 'Sequence' }).click()
  await expect(picture(page)).toBeVisible()
}
const picture = (page: Page): Locator => inspector(page).getByRole('region', { name: 'Sequence diagram' })
const messages = (page: Page): Locator => inspector(page).getByRole('list', { name: 'Messages in order' }).getByRole('listitem')
const choose = (page: Page, scope: string): Promise<void> => inspector(page).getByRole('radio', { name: scope }).click()

/** Presses a copy button and reads what it left in the clipboard. */
async function copied(page: Page, form: 'Mermaid' | 'SVG'): Promise<string> {
  const group = inspector(page).getByRole('group', { name: 'Copy as' })
  await group.getByRole('button', { name: form }).click()
  await expect(group.getByRole('button', { name: 'Copied' })).toBeVisible()
  return page.evaluate(() => navigator.clipboard.readText())
}

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test('a session goes through client, balancer, node and store; a token leaves the store alone; both can be copied as Mermaid', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await press(page, ALICE, 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await press(page, ALICE, 'Call /me')
  await expect(inspector(page)).toContainText('GET /me')
  await openSequence(page)
  for (const name of [ALICE, 'Balancer', /^node-\d$/, 'Store', 'SQLite', 'Cookie: sid', 'read session']) {
    await expect(picture(page).locator('text').filter({ hasText: name }).first()).toBeVisible()
  }
  await expect(messages(page)).toContainText([/Alice·Laptop.*Balancer: GET \/me, Cookie: sid/, /node-\d.*Store \(SQLite\): read session/])
  const session = parseMermaid(await copied(page, 'Mermaid'))
  expect(session.participants).toEqual([ALICE, 'Balancer', expect.stringMatching(/^node-\d$/), 'Store (SQLite)'])
  expect(session.signals.filter(({ to }) => to.startsWith('Store')).map(({ text }) => text)).toContain('read session')

  await press(page, BOB, 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await press(page, BOB, 'Call /me')
  await expect(picture(page).locator('text').filter({ hasText: 'not asked' })).toBeVisible()
  const token = parseMermaid(await copied(page, 'Mermaid'))
  expect(token.signals.filter(({ from, to }) => `${from}${to}`.includes('Store'))).toEqual([])
})

test('a run is chosen in the tab: from here on as the traffic is filtered, or all since the login', async ({ page, lab }) => {
  for (const client of ['alice-laptop', 'bob-laptop']) await lab.call('POST', `/clients/${client}/login`)
  for (const client of ['alice-laptop', 'bob-laptop', 'alice-laptop']) {
    await lab.call('POST', `/clients/${client}/requests`, { method: 'GET', path: '/me' })
  }
  await page.goto(lab.ready.workbench)
  await page.getByRole('row').filter({ hasText: 'POST /session' }).click()
  await openSequence(page)
  await choose(page, 'From here on')
  await expect(inspector(page)).toContainText(/5 requests, \d+ messages/)
  await page.getByRole('searchbox').or(page.getByPlaceholder('Filter requests')).first().fill('bob')
  await expect(inspector(page)).toContainText(/3 requests, \d+ messages, as filtered/)
  await choose(page, 'Since its login')
  await expect(inspector(page).getByText(/^3 requests, \d+ messages$/)).toBeVisible()
  const { participants, notes } = parseMermaid(await copied(page, 'Mermaid'))
  expect(participants).not.toContain(BOB)
  expect(notes.filter((note) => note.includes('#35;'))).toHaveLength(3)
})

test('a long run is cut at 30 and says so; it scrolls inside the pane under the names', async ({ page, lab }) => {
  for (let more = 0; more < 4; more += 1) await lab.call('POST', '/nodes')
  for (let count = 0; count < 34; count += 1) await lab.call('POST', '/clients/mallory/requests', { method: 'GET', path: `/me?n=${count}` })
  await page.goto(lab.ready.workbench)
  // The list follows its end; before that there is nothing that Home could leave.
  await expect(page.getByRole('row').filter({ hasText: '/me?n=33' })).toBeVisible()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Home')
  await page.getByRole('row').filter({ hasText: '/me?n=0' }).click()
  await openSequence(page)
  await choose(page, 'From here on')
  await expect(inspector(page)).toContainText(/30 requests, \d+ messages, the most is 30; the others are left out/)
  const name = picture(page).locator('text').filter({ hasText: 'Mallory' }).first()
  const before = await name.boundingBox()
  await picture(page).focus()
  await page.keyboard.press('End')
  await expect.poll(() => picture(page).evaluate((element) => element.scrollTop)).toBeGreaterThan(1000)
  expect((await name.boundingBox())?.y).toBe(before?.y)
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
})

test('the picture is copied and saved as an SVG that a browser shows by itself, in light colours whatever the theme', async ({
  page,
  lab,
}) => {
  await page.addInitScript(() => localStorage.setItem('authlab.ui', JSON.stringify({ theme: 'dark', language: 'en' })))
  await page.goto(lab.ready.workbench)
  await press(page, ALICE, 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await openSequence(page)
  const svg = await copied(page, 'SVG')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    inspector(page).getByRole('button', { name: 'Save as SVG' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('authlab-sequence-1.svg')
  expect(readFileSync(await download.path(), 'utf8')).toBe(svg)
  const shown = await page.evaluate((source) => {
    const parsed = new DOMParser().parseFromString(source, 'image/svg+xml')
    return {
      root: parsed.documentElement.localName,
      errors: parsed.querySelectorAll('parsererror').length,
      texts: parsed.querySelectorAll('text').length,
    }
  }, svg)
  expect(shown).toMatchObject({ root: 'svg', errors: 0 })
  expect(shown.texts).toBeGreaterThan(10)
  expect(svg).toContain('fill="#ffffff"')
  expect(svg).not.toContain('var(')
})

for (const theme of ['light', 'dark'] as const) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`the sequence in ${language}, ${theme}, has no serious accessibility finding, as a picture and as a list`, async ({
      page,
      lab,
    }) => {
      await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language })])
      await lab.call('POST', '/clients/alice-laptop/login')
      await lab.call('POST', '/clients/bob-laptop/login')
      await lab.call('POST', '/clients/bob-laptop/requests', { method: 'GET', path: '/admin/users' })
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(lab.ready.workbench)
      await expect(card(page, ALICE)).toBeVisible()
      await page.getByRole('row').filter({ hasText: '/session' }).click()
      await inspector(page).getByRole('tab').last().click()
      await inspector(page).getByRole('radio').nth(1).click()
      await expect(inspector(page).locator('svg text').filter({ hasText: '/admin/users' }).first()).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      await inspector(page)
        .getByRole('button', { name: /^(?:Show as a list|以列表显示)$/ })
        .click()
      expect(await seriousFindings(page)).toEqual([])
    })
  }
}
