import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { card, choose, inspector, press } from '../support/workbench.ts'

const BOB = 'Bob·Laptop'

const tree = (page: Page): Locator => inspector(page).getByRole('list', { name: /^Refresh tokens of this family/ })
const refreshes = (page: Page): Locator => page.getByRole('row').filter({ hasText: 'POST /token' })

test('two tabs refresh at once, no grace: one is served, the other ends the family, as traffic and tree show; the message covers no button', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await press(page, BOB, 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await choose(page, BOB, /^Two tabs refresh at once.*The grace is 0/)
  const told = page.getByRole('alert').filter({ hasText: 'the other counted as reuse: the family is revoked' })
  await expect(told).toBeVisible()
  await expect(refreshes(page)).toHaveCount(3)
  await expect(refreshes(page).filter({ hasText: '400' })).toContainText('refresh token reused')
  await expect(tree(page).getByRole('listitem')).toHaveText([
    /^Generation 1: used twice/,
    /^Generation 2: ended/,
    /^Generation 1 came back/,
  ])
  const [message, replay] = await Promise.all([told.boundingBox(), inspector(page).getByRole('button', { name: 'Replay' }).boundingBox()])
  expect((message?.y ?? 0) + (message?.height ?? 0)).toBeLessThanOrEqual(replay?.y ?? 0)
})

test('with a grace both tabs are served, and the family goes on in two branches', async ({ page, lab }) => {
  await lab.call('PATCH', '/cluster', { lifetimes: { refreshGrace: 10 } })
  await page.goto(lab.ready.workbench)
  await press(page, BOB, 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await choose(page, BOB, /^Two tabs refresh at once.*a grace of 10 s/)
  await expect(page.getByText('Both refreshes were accepted: the family goes on in two branches.')).toBeVisible()
  await expect(tree(page).getByRole('listitem')).toHaveText([/^Generation 1: used/, /^Generation 2: live/, /^Generation 2: live/])
})

test('a client without a refresh token says why it has none', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await card(page, 'Alice·Laptop')
    .getByRole('button', { name: /More for/ })
    .click()
  const item = page.getByRole('menuitem', { name: /^Two tabs refresh at once/ })
  await expect(item).toContainText('sessions roll on each request')
  await expect(item).toBeDisabled()
})
