import { runTarget } from '../../support/target-process.ts'
import { inSettings, send, switchStore, topology } from '../support/cluster.ts'
import { DRILL_MS, drillCluster } from '../support/cluster-drill.ts'
import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const ALICE = 'Alice·Laptop'
const BOB = 'Bob·Laptop'

test('a session is lost on another node, kept by stickiness, lost with its node and kept by a shared store; a token needs none of it', async ({
  page,
  lab,
}) => {
  test.setTimeout(DRILL_MS)
  await page.goto(lab.ready.workbench)
  await drillCluster(page)
  expect(await seriousFindings(page)).toEqual([])
})

test('a node is changed by its settings, from the picture and from the list, by keyboard alone', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await topology(page).getByRole('button', { name: 'node-2 settings' }).focus()
  await page.keyboard.press('Enter')
  const settings = page.getByRole('dialog', { name: 'node-2 settings' })
  await settings.getByRole('textbox', { name: 'Clock skew (s)' }).fill('90')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('row').filter({ hasText: 'node-2 changed: its clock is 01:30 fast' })).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(settings).toBeHidden()
  await expect(topology(page).getByRole('button', { name: 'node-2 settings' })).toBeFocused()
  await expect(topology(page)).toContainText('clock +1.5 min')
  await topology(page).getByRole('button', { name: 'Show as a list' }).click()
  await inSettings(page, 'node-2 settings', async (list) => {
    await list.getByRole('switch', { name: 'Take no new keys' }).press('Space')
    await expect(list.getByRole('switch', { name: 'Take no new keys' })).toBeChecked()
    await list.getByRole('button', { name: 'Drain' }).press('Enter')
  })
  await expect(topology(page).getByRole('listitem').filter({ hasText: 'node-2' })).toContainText('draining')
  expect(await seriousFindings(page)).toEqual([])
})

test('a store that is cut off refuses sessions and not tokens, and the banner brings it back', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await send(page, ALICE, 'Log in')
  await send(page, BOB, 'Log in')
  await inSettings(page, 'Session store settings', (settings) => settings.getByRole('switch', { name: 'Cut off' }).press('Space'))
  const banner = page.getByRole('alert').filter({ hasText: 'The session store is cut off' })
  await expect(banner).toBeVisible()
  const refused = await send(page, ALICE, 'Call /me')
  expect(refused).toMatchObject({ status: '503', headline: `The store did not answer ${refused.node}` })
  expect((await send(page, BOB, 'Call /me')).status).toBe('200')
  expect(await seriousFindings(page)).toEqual([])
  await banner.getByRole('button', { name: 'Connect it again' }).click()
  await expect(banner).toBeHidden()
  expect((await send(page, ALICE, 'Call /me')).status).toBe('200')
})

test('a Redis that is lost refuses sessions and no tokens, says so in one banner, and knows no session once it is started again', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await switchStore(page, 'Redis')
  await send(page, ALICE, 'Log in')
  await send(page, BOB, 'Log in')
  expect((await send(page, ALICE, 'Call /me')).status).toBe('200')
  await inSettings(page, 'Session store settings', (settings) => settings.getByRole('switch', { name: 'Own Redis runs' }).press('Space'))
  const banner = page.getByRole('alert').filter({ hasText: 'does not answer: nodes refuse what needs a session' })
  await expect(banner).toBeVisible()
  await expect(banner.getByRole('button')).toHaveText(['Start Redis again'])
  const refused = await send(page, ALICE, 'Call /me')
  expect(refused).toMatchObject({ status: '503', headline: `The store did not answer ${refused.node}` })
  expect(refused.why).toContain('it fails closed')
  await expect(page.getByRole('row').filter({ hasText: 'store unavailable' })).toBeVisible()
  expect((await send(page, BOB, 'Call /me')).status).toBe('200')
  expect(await seriousFindings(page)).toEqual([])
  await banner.getByRole('button').click()
  await expect(banner).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: 'Redis answers again' })).toBeVisible()
  // The lab sees it first: each node tries again by itself, up to a second later.
  await expect(async () => expect((await send(page, ALICE, 'Call /me')).headline).toMatch(/knows no such session$/)).toPass()
  await send(page, ALICE, 'Log in')
  expect((await send(page, ALICE, 'Call /me')).status).toBe('200')
})

test('a target of its own is a node by its address, and is unreachable when it is gone', async ({ page, lab }) => {
  const target = runTarget('--port', '0')
  try {
    const { url, secret } = await target.ready
    await page.goto(lab.ready.workbench)
    await inSettings(page, 'Add a node by address', async (settings) => {
      await settings.getByRole('textbox', { name: 'Address' }).fill(url)
      await settings.getByLabel(/^Its secret/).fill(secret)
      await settings.getByRole('button', { name: 'Add node' }).click()
      await expect(topology(page)).toContainText('node-4')
      expect(await seriousFindings(page)).toEqual([])
    })
    await topology(page).getByRole('button', { name: 'Show as a list' }).click()
    const row = topology(page).getByRole('listitem').filter({ hasText: 'node-4' })
    await expect(row).toContainText(new URL(url).host)
    await expect(row.getByRole('button', { name: 'node-4 is a process of its own' })).toHaveAttribute('aria-disabled', 'true')
    await target.kill()
    await expect(row).toContainText('unreachable')
  } finally {
    await target.kill()
  }
})

test('sixteen nodes are the most, all of them are in the picture, and each has its settings', async ({ page, lab }) => {
  for (let node = 4; node <= 16; node += 1) await lab.call('POST', '/nodes')
  await page.goto(lab.ready.workbench)
  await expect(topology(page).getByRole('button', { name: /^node-\d+ settings$/ })).toHaveCount(16)
  const add = topology(page).getByRole('button', { name: 'Add node' })
  await expect(add).toHaveAttribute('aria-disabled', 'true')
  await expect(add).toHaveAttribute('title', 'A lab runs 16 nodes at most')
  const pane = await topology(page).boundingBox()
  for (const settings of await topology(page)
    .getByRole('button', { name: /^node-\d+ settings$/ })
    .all()) {
    const box = await settings.boundingBox()
    expect(box && pane && box.x > pane.x && box.x + box.width < pane.x + pane.width && box.y > pane.y).toBe(true)
    expect(box && pane && box.y + box.height < pane.y + pane.height).toBe(true)
  }
  expect(await seriousFindings(page)).toEqual([])
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
})
