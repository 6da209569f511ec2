import type { Page } from '@playwright/test'
import { runTarget } from '../../support/target-process.ts'
import { chooseStrategy, inSettings, send, switchStore, topology } from '../support/cluster.ts'
import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const ALICE = 'Alice·Laptop'
const BOB = 'Bob·Laptop'

const kill = (page: Page, node: string) =>
  topology(page)
    .getByRole('button', { name: `Kill ${node}`, exact: true })
    .click()

async function loseOnAnotherNode(page: Page): Promise<void> {
  await switchStore(page, 'Memory')
  const login = await send(page, ALICE, 'Log in')
  expect(login.headline).toMatch(/^Allowed: node-\d created a session$/)
  const call = await send(page, ALICE, 'Call /me')
  expect(call).toMatchObject({ status: '401', headline: `Denied: ${call.node} knows no such session` })
  expect(call.node).not.toBe(login.node)
  expect(call.why).toContain(`${call.node} keeps its own memory`)
  await expect(page.getByRole('row').filter({ hasText: `unknown session on ${call.node}` })).toBeVisible()
}

async function stayByStickiness(page: Page): Promise<string> {
  await chooseStrategy(page, 'sticky')
  const login = await send(page, ALICE, 'Log in')
  for (let call = 0; call < 3; call += 1) {
    expect(await send(page, ALICE, 'Call /me')).toMatchObject({ status: '200', node: login.node })
  }
  await expect(topology(page).getByTitle(`Sticky: the affinity cookie of ${ALICE} leads here`)).toBeVisible()
  return login.node
}

async function loseWithNode(page: Page, node: string): Promise<void> {
  await kill(page, node)
  await expect(topology(page).getByRole('button', { name: `Start ${node}`, exact: true })).toBeVisible()
  const call = await send(page, ALICE, 'Call /me')
  expect(call.status).toBe('401')
  expect(call.node).not.toBe(node)
}

async function surviveByShare(page: Page): Promise<void> {
  await switchStore(page, 'SQLite')
  const login = await send(page, ALICE, 'Log in')
  await kill(page, login.node)
  const call = await send(page, ALICE, 'Call /me')
  expect(call.status).toBe('200')
  expect(call.node).not.toBe(login.node)
}

async function needNoStore(page: Page): Promise<void> {
  await chooseStrategy(page, 'round-robin')
  await switchStore(page, 'Memory')
  const login = await send(page, BOB, 'Log in')
  const nodes = new Set<string>()
  for (let call = 0; call < 2; call += 1) {
    const { status, node, headline } = await send(page, BOB, 'Call /me')
    expect({ status, headline }).toEqual({ status: '200', headline: `Allowed: ${node} accepted the token` })
    nodes.add(node)
  }
  expect([...nodes].some((node) => node !== login.node)).toBe(true)
  await kill(page, login.node)
  expect((await send(page, BOB, 'Call /me')).status).toBe('200')
}

test('a session is lost on another node, kept by stickiness, lost with its node and kept by a shared store; a token needs none of it', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await topology(page).getByRole('button', { name: 'Add node' }).click()
  await expect(topology(page).getByRole('button', { name: 'node-4 settings' })).toBeVisible()
  await test.step('each node has its own memory: the next node does not know the session', () => loseOnAnotherNode(page))
  const node = await test.step('a sticky balancer leads every request to the node that knows it', () => stayByStickiness(page))
  await test.step('that node is killed, and its memory with it', () => loseWithNode(page, node))
  await test.step('a shared store outlives a node', () => surviveByShare(page))
  await test.step('a token is accepted by any node, whatever the store', () => needNoStore(page))
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
