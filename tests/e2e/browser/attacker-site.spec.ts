import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { LabProcess } from '../../../scripts/lab-process.ts'
import { expect, test } from '../support/fixtures.ts'

const portalOf = (lab: LabProcess): string => lab.ready.balancer.replace('127.0.0.1', 'app.localhost')

async function logIn(page: Page, lab: LabProcess, choice: 'a session cookie' | 'a token in a cookie'): Promise<void> {
  await page.goto(portalOf(lab))
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill('alice-pass')
  await page.getByLabel(choice).check()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.locator('#who')).toContainText('logged in as alice')
}

interface Seen {
  method: string
  verdict: string
  request: { headers: [string, string][] }
}
const lastTransfer = async (lab: LabProcess): Promise<Seen> => (await (await lab.call('GET', '/exchanges?q=/transfer&limit=1')).json())[0]
const hasCookie = ({ request }: Seen): boolean =>
  request.headers.some(([name, value]) => /^cookie$/i.test(name) && /sid=|access_token=/.test(value))

async function switchOn(lab: LabProcess): Promise<{ url: string; siblingUrl: string }> {
  return (await lab.call('PUT', '/attacker-site', { on: true })).json()
}

for (const choice of ['a session cookie', 'a token in a cookie'] as const) {
  test(`with ${choice}: no script reads it, the attacker's forms are refused on both names, and its scripts see nothing`, async ({
    page,
    lab,
  }) => {
    await logIn(page, lab, choice)
    // What a script that was injected into the portal could read.
    expect(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual(['', 0, 0])
    const { url, siblingUrl } = await switchOn(lab)
    for (const [at, verdict, cookie] of [
      [url, 'no-credential', false],
      [siblingUrl, 'csrf-blocked', true],
    ] as const) {
      for (const form of ['Take the prize', 'looks like JSON']) {
        await page.goto(at)
        await page.getByRole('button', { name: form }).click()
        await page.waitForURL(/\/transfer$/)
        const seen = await lastTransfer(lab)
        expect(seen, `${at} ${form}`).toMatchObject({ method: 'POST', verdict })
        expect(hasCookie(seen), `${at} ${form}`).toBe(cookie)
      }
      await page.goto(at)
      for (const name of ['A script posts', 'A script reads']) {
        await page.getByRole('button', { name }).click()
        await expect(page.locator('#outcome')).toContainText('The browser refused')
      }
      await page.getByRole('button', { name: 'What can this script read?' }).click()
      await expect(page.locator('#outcome')).toContainText('document.cookie: (empty)')
      // Nothing but the preflight went out.
      expect((await lastTransfer(lab)).method).toBe('OPTIONS')
    }
    await page.goto(url)
    await page.getByRole('link', { name: 'A plain link to /me' }).click()
    await expect(page.locator('body')).toContainText('"name":"alice"')
  })
}

test("the attacker's page cannot send to the control plane: its own policy stops it before the request leaves", async ({
  browser,
  lab,
}) => {
  const page = await (await browser.newContext()).newPage()
  await page.goto((await switchOn(lab)).url)
  const outcome = await page.evaluate(
    (api) =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective))
        fetch(`${api}/lab`, { mode: 'no-cors' }).catch(() => undefined)
      }),
    lab.ready.api,
  )
  expect(outcome).toBe('connect-src')
})

test('while it is on the workbench says so on every screen, and switches it off; the page itself says what it plays, in both languages', async ({
  page,
  lab,
}) => {
  await page.goto(lab.ready.workbench)
  await page.getByRole('article', { name: 'Alice·Laptop' }).getByRole('button', { name: 'More for Alice·Laptop' }).click()
  const [attacker] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('menuitem', { name: 'Open the attacker’s page' }).click(),
  ])
  await expect(attacker.getByRole('note')).toContainText('This page plays an attacker')
  expect((await new AxeBuilder({ page: attacker }).analyze()).violations).toEqual([])
  await attacker.getByRole('button', { name: '中文' }).click()
  await expect(attacker.getByRole('note')).toContainText('本页面扮演攻击者')
  await expect(page.getByText('The attacker’s page is on, at http://evil.localhost')).toBeVisible()
  await page.getByRole('button', { name: 'Switch it off' }).click()
  await expect(page.getByText('The attacker’s page is on, at http://evil.localhost')).toBeHidden()
  expect(await (await lab.call('GET', '/attacker-site')).json()).toEqual({ url: null, siblingUrl: null })
})
