import { expect, type Locator, type Page } from '@playwright/test'
import { inspector, press, statusCode } from './workbench.ts'

/** The pane with clients, balancer, nodes and store. */
export const topology = (page: Page): Locator => page.getByRole('region', { name: /^(?:Topology|拓扑)$/ })

/** Opens the settings of a part of the cluster, such as `node-2 settings`, does something in them and closes them. */
export async function inSettings(page: Page, name: string, act: (settings: Locator) => Promise<void>): Promise<void> {
  await topology(page).getByRole('button', { name, exact: true }).first().click()
  const settings = page.getByRole('dialog', { name })
  await act(settings)
  await page.keyboard.press('Escape')
  await expect(settings).toBeHidden()
}

/** Switches the session store by its settings and waits until every node works with it. */
export async function switchStore(page: Page, kind: 'Memory' | 'SQLite' | 'Redis'): Promise<void> {
  await inSettings(page, 'Session store settings', async (settings) => {
    await settings.getByRole('radio', { name: kind }).click()
    await expect(settings.getByRole('radio', { name: kind })).toBeChecked()
    await expect(settings).not.toContainText('Nodes restart one after the other with')
  })
}

/** Kills a node, without asking it to finish. */
export const kill = (page: Page, node: string): Promise<void> =>
  topology(page)
    .getByRole('button', { name: `Kill ${node}`, exact: true })
    .click()

/** Chooses the balancer's strategy in its box. */
export async function chooseStrategy(page: Page, strategy: string): Promise<void> {
  await topology(page).getByRole('combobox', { name: 'Strategy' }).selectOption(strategy)
}

interface Outcome {
  readonly status: string
  /** The node that answered. */
  readonly node: string
  readonly headline: string
  readonly why: string
}

/** Presses a button on a client's card and reads the story of the request that it caused. */
export async function send(page: Page, client: string, button: string): Promise<Outcome> {
  const seq = inspector(page)
    .getByText(/^#\d+$/)
    .first()
  const before = (await seq.isVisible()) ? await seq.innerText() : ''
  await press(page, client, button)
  await expect(seq).toHaveText(/^#\d+$/)
  await expect(seq).not.toHaveText(before)
  await expect(statusCode(page)).toBeVisible()
  const summary = inspector(page).getByRole('tabpanel').locator('h3').first()
  await expect(summary).toBeVisible()
  const route = await inspector(page).getByRole('group', { name: 'Route' }).innerText()
  return {
    status: await statusCode(page).innerText(),
    node: /node-\d+/.exec(route)?.[0] ?? '',
    headline: await summary.innerText(),
    why: await summary.locator('xpath=following-sibling::p').innerText(),
  }
}
