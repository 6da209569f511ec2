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
    await expect(settings.getByText('Live tokens that ended: 1. Logged out: bob.')).toBeVisible()
    await settings.getByRole('button', { name: 'Rotate, refuse the others' }).click()
    await expect(settings.getByText('Sessions that lost their cookie: 0. Logged out: nobody.')).toBeVisible()
  })
  expect((await send(page, BOB, 'Call /me')).status).toBe('401')
})
