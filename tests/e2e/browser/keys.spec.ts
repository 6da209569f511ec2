import type { Page } from '@playwright/test'
import { inSettings, send, topology } from '../support/cluster.ts'
import { expect, test } from '../support/fixtures.ts'
import { seriousFindings } from '../support/workbench.ts'

const BOB = 'Bob·Laptop'

/** Status of `GET /me` at every node: round robin brings each. */
async function statuses(page: Page, client: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (let count = 0; count < 3; count++) {
    const { node, status } = await send(page, client, 'Call /me')
    found[node] = status
  }
  return found
}

test('a node that takes no new keys refuses tokens of the new one as of an unknown key, the others accept them, and it heals when it thaws', async ({
  page,
  lab,
}) => {
  test.setTimeout(120_000)
  await page.goto(lab.ready.workbench)
  await inSettings(page, 'node-2 settings', async (settings) => {
    await settings.getByRole('switch', { name: 'Take no new keys' }).press('Space')
    await expect(settings.getByText('old, on the lab clock')).toBeVisible()
    // Its own tokens would be of the old key.
    await settings.getByRole('button', { name: 'Drain' }).click()
  })
  await inSettings(page, 'Balancer settings', async (settings) => {
    await settings.getByRole('combobox', { name: 'Algorithm of the new key' }).selectOption('ES256')
    await settings.getByRole('button', { name: 'Rotate', exact: true }).click()
    await expect(settings.getByText(/^es256-\w+ signs\. Live tokens that ended: 0\. Logged out: nobody\.$/)).toBeVisible()
  })
  await send(page, BOB, 'Log in')
  await inSettings(page, 'node-2 settings', (settings) => settings.getByRole('button', { name: 'Start', exact: true }).click())
  await expect(topology(page)).not.toContainText('draining')
  expect(await statuses(page, BOB)).toEqual({ 'node-1': '200', 'node-2': '401', 'node-3': '200' })
  await expect(page.getByRole('row').filter({ hasText: 'node-2' }).filter({ hasText: '401' })).toContainText('unknown key')
  await inSettings(page, 'node-2 settings', async (settings) => {
    await settings.getByRole('switch', { name: 'Take no new keys' }).press('Space')
    await expect(settings.getByText('told of every change')).toBeVisible()
  })
  expect(await statuses(page, BOB)).toEqual({ 'node-1': '200', 'node-2': '200', 'node-3': '200' })
})

test('a schedule counts down on the lab clock, makes one key when the clock jumps, and an emergency says who is logged out', async ({
  page,
  lab,
}) => {
  test.setTimeout(120_000)
  await page.goto(lab.ready.workbench)
  await send(page, BOB, 'Log in')
  await inSettings(page, 'Balancer settings', async (settings) => {
    await settings.getByRole('group', { name: 'New key of tokens' }).getByRole('button', { name: '15 min' }).click()
    await expect(settings.getByText(/^Next rotation in 14:\d\d of lab time$/)).toBeVisible()
    await expect(settings.getByText('On disk the keys are plain, in a file that only your user can read (mode 0600)')).toBeVisible()
    expect(await seriousFindings(page)).toEqual([])
  })
  await page.getByRole('button', { name: 'Forward 15 min' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'on schedule; older keys still verify' })).toHaveCount(1)
  await send(page, BOB, 'Log in')
  await inSettings(page, 'Balancer settings', async (settings) => {
    await settings.getByRole('button', { name: 'Rotate, retire the others' }).click()
    const question = settings.getByRole('group', { name: 'Retire every older key?' })
    await expect(question).toContainText('Live tokens that this ends: 1. Of the accounts: bob.')
    await expect(question).toContainText(`refused at their next request: 1. They are: ${BOB}.`)
    await question.getByRole('button', { name: 'Retire them now' }).click()
    await expect(settings.getByText('Live tokens that ended: 1. Logged out: bob.')).toBeVisible()
    await settings.getByRole('button', { name: 'Rotate, refuse the others' }).click()
    await settings.getByRole('button', { name: 'Refuse them now' }).click()
    await expect(settings.getByText('Sessions that lost their cookie: 0. Logged out: nobody.')).toBeVisible()
  })
  expect((await send(page, BOB, 'Call /me')).status).toBe('401')
})

test('State has the schedule and the emergency, too; the emergency says whom it logs out, and nothing happens before that is confirmed', async ({
  page,
  lab,
}) => {
  for (const client of ['alice-phone', 'bob-laptop']) await lab.call('POST', `/clients/${client}/login`)
  const signing = async (): Promise<string> => (await (await lab.call('GET', '/keys')).json()).keys[0].kid
  const before = await signing()
  await page.goto(lab.ready.workbench)
  await page.getByRole('navigation').getByRole('button', { name: 'State', exact: true }).click()
  await page.getByRole('tab', { name: 'Keys', exact: true }).click()
  await page.getByRole('button', { name: 'Emergency and schedule' }).click()
  const settings = page.getByRole('dialog', { name: 'Emergency and schedule' })
  await expect(settings).toContainText(`A key by schedule logs nobody out: live tokens, 2 now`)
  await settings.getByRole('group', { name: 'New key of tokens' }).getByRole('button', { name: '15 min' }).click()
  await expect(settings.getByText(/^Next rotation in 14:\d\d of lab time$/)).toBeVisible()
  const emergency = settings.getByRole('button', { name: 'Rotate, retire the others' })
  await emergency.click()
  await expect(settings.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(settings).toContainText(`refused at their next request: 2. They are: Alice·Phone, ${BOB}.`)
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(emergency).toBeFocused()
  expect(await signing()).toBe(before)
  await page.keyboard.press('Enter')
  await settings.getByRole('button', { name: 'Retire them now' }).click()
  await expect(settings.getByText(/Live tokens that ended: 2\. Logged out: alice, bob\./)).toBeVisible()
  expect(await signing()).not.toBe(before)
})
