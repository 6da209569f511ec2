import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'

/** A client's card, by the client's name. */
export const card = (page: Page, name: string): Locator => page.getByRole('article', { name })

/** The pane that shows the selected request. */
export const inspector = (page: Page): Locator => page.getByRole('region', { name: /^(?:Inspector|检查器)$/ })

/** The status code of the selected request. */
export const statusCode = (page: Page): Locator =>
  inspector(page)
    .getByText(/^[2-5]\d\d$/)
    .first()

/** Presses a button on a client's card. */
export async function press(page: Page, client: string, button: string): Promise<void> {
  await card(page, client).getByRole('button', { name: button, exact: true }).click()
}

/** Chooses from a client's menu. */
export async function choose(page: Page, client: string, item: string | RegExp): Promise<void> {
  await card(page, client)
    .getByRole('button', { name: `More for ${client}` })
    .click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** Runs a command from the palette, by keyboard alone, once the page listens to it. */
export async function runFromPalette(page: Page, command: string): Promise<void> {
  await expect(page.getByRole('navigation').first()).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('textbox', { name: /^Search requests or run a command/ })).toBeFocused()
  await page.keyboard.type(command)
  await expect(page.locator('[data-action][data-selected]')).toHaveText(new RegExp(`^${command}`))
  await page.keyboard.press('Enter')
}

/** Moves the lab clock by a button of the status bar, such as `Forward 15 min`. */
export async function moveClock(page: Page, button: string): Promise<void> {
  await page.getByRole('group', { name: 'Move the lab clock' }).getByRole('button', { name: button, exact: true }).click()
}

/** Waits until the inspector shows this verdict on this request. */
export async function expectVerdict(page: Page, request: string, headline: RegExp): Promise<void> {
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(request)
  await expect(inspector(page).getByRole('heading', { name: headline })).toBeVisible()
}

/** Opens every step of the story on show and waits for its evidence. Resolves to the steps' titles in order. */
export async function readStory(page: Page): Promise<string[]> {
  const steps = inspector(page).getByRole('tabpanel').locator('ol > li')
  const titles: string[] = []
  for (const step of await steps.all()) {
    const title = step.getByRole('button', { expanded: false }).first()
    if (await title.isVisible()) await title.click()
    await expect(step.getByText('Evidence', { exact: true })).toBeVisible()
    titles.push(await step.locator('b').first().innerText())
  }
  return titles
}

/** Serious and critical findings of axe on the page as it stands, each with the elements it is about. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Legacy mode stays in this page: Electron cannot open the blank one that axe uses otherwise.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** By how many pixels the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
