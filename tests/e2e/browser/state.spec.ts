import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { STATE_TABS } from '../../../src/renderer/state/ui-state.ts'
import { connectDatabase } from '../../../src/server/storage/open.ts'
import { expect, test } from '../support/fixtures.ts'
import { choose, inspector, overflowOf, runFromPalette, seriousFindings, statusCode } from '../support/workbench.ts'

const BOB = 'Bob·Laptop'

const list = (page: Page): Locator => page.getByRole('grid')
const details = (page: Page): Locator => page.getByRole('complementary', { name: /^(?:Selected row|选中的行)$/ })
const rowOf = (page: Page, text: string | RegExp): Locator => list(page).getByRole('row').filter({ hasText: text })

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'State', exact: true }).click()
  await page.getByRole('tab', { name, exact: true }).click()
  await expect(list(page)).toBeVisible()
}

/** Opens what can be done to the first row that holds this text, and does one of it. */
async function revoke(page: Page, text: string | RegExp, what: RegExp): Promise<void> {
  await rowOf(page, text)
    .first()
    .getByRole('button', { name: /^Revoke/ })
    .click()
  await page.getByRole('menuitem', { name: what }).click()
}

test('a refresh token that comes back is drawn in its family, with the moment and the request, in State and in the inspector', async ({
  page,
  lab,
}) => {
  await lab.call('POST', '/clients/bob-laptop/login')
  const first = (await (await lab.call('POST', '/clients/bob-laptop/refresh')).json()).exchanges[0]
  await lab.call('POST', '/clients/bob-laptop/refresh')
  await page.goto(lab.ready.workbench)
  await openTab(page, 'Refresh families')
  await expect(rowOf(page, 'bob')).toContainText('active')
  await rowOf(page, 'bob').click()
  const tree = details(page).getByRole('list', { name: /^Refresh tokens of this family/ })
  await expect(tree.getByRole('listitem')).toHaveText([/^Generation 1: used/, /^Generation 2: used/, /^Generation 3: live/])
  const replayed = (await (await lab.call('POST', `/exchanges/${first}/replay`, {})).json()).exchanges[0]
  const { seq, verdict } = await (await lab.call('GET', `/exchanges/${replayed}`)).json()
  expect(verdict).toBe('refresh-reused')
  await expect(rowOf(page, 'bob')).toContainText('revoked: reuse')
  await expect(tree.getByRole('listitem')).toHaveText([
    /^Generation 1: used twice/,
    /^Generation 2: used/,
    /^Generation 3: ended with its family/,
    /^Generation 1 came back at \d\d:\d\d:\d\d/,
  ])
  await expect(details(page)).toContainText(/Ended at \d\d:\d\d:\d\d: a used token was presented again\./)
  await tree.getByRole('button', { name: `#${seq}, ${BOB}` }).click()
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText('POST /token')
  await expect(statusCode(page)).toHaveText('400')
  await inspector(page).getByRole('tab', { name: 'State' }).click()
  await expect(inspector(page).getByRole('listitem').filter({ hasText: 'Generation 1 came back' })).toBeVisible()
})

test('a session is ended from its row by keyboard alone, and its client is refused', async ({ page, lab }) => {
  await lab.call('POST', '/clients/alice-laptop/login')
  await page.goto(lab.ready.workbench)
  await openTab(page, 'Sessions')
  await list(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(details(page)).toContainText('Requests that used it')
  await expect(details(page).getByRole('button', { name: /POST \/session 200/ })).toBeVisible()
  for (let column = 0; column < 12; column += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: /End this session/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText('No sessions. Log a client in by session.')).toBeVisible()
  await expect(list(page)).toBeFocused()
  const { exchanges } = await (await lab.call('POST', '/clients/alice-laptop/requests', { path: '/me' })).json()
  expect((await (await lab.call('GET', `/exchanges/${exchanges[0]}`)).json()).verdict).toBe('unknown-session')
  await expect(page.getByRole('region', { name: 'Stopwatch of the newest revocation' })).toContainText(/accepted: 0.*refused: 1/)
})

test('a token, a device and an account are revoked from a row, and what that ends is what was asked for', async ({ page, lab }) => {
  await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
  for (const client of ['alice-phone', 'bob-laptop']) await lab.call('POST', `/clients/${client}/login`)
  await lab.call('POST', '/clients/bob-laptop/refresh')
  await page.goto(lab.ready.workbench)
  await openTab(page, 'Issued tokens')
  await expect(page.getByText("This list is the lab's own, taken from the traffic")).toBeVisible()
  await expect(rowOf(page, 'bob')).toHaveCount(2)
  await revoke(page, 'bob', /^This token/)
  await expect(rowOf(page, /bob.*revoked/)).toHaveCount(1)
  await expect(rowOf(page, /bob.*active/)).toHaveCount(1)
  await revoke(page, /bob.*active/, /^This device/)
  await expect(rowOf(page, /bob.*revoked/)).toHaveCount(2)
  await expect(rowOf(page, /alice.*active/)).toHaveCount(1)
  await revoke(page, 'alice', /^Everything of alice/)
  await expect(rowOf(page, /alice.*revoked/)).toHaveCount(1)
  await openTab(page, 'Refresh families')
  await expect(rowOf(page, 'revoked')).toHaveCount(2)
  await openTab(page, 'Denylist')
  await expect(rowOf(page, /One token: jti.*bob.*on every request/)).toHaveCount(1)
  await expect(rowOf(page, /One device: sid.*bob.*on every request/)).toHaveCount(1)
  await expect(rowOf(page, /One device: sid.*alice/)).toHaveCount(1)
})

test('each way of revocation is measured by real requests: without one a token lives on, with one it is refused at once', async ({
  page,
  lab,
}) => {
  test.setTimeout(180_000)
  await page.goto(lab.ready.workbench)
  await openTab(page, 'Stopwatches')
  const ways = page.getByRole('table', { name: /^Ways of revocation/ })
  const rows = await ways
    .getByRole('row')
    .filter({ has: page.getByRole('button') })
    .all()
  expect(rows.length).toBeGreaterThanOrEqual(4)
  for (const row of rows) {
    await expect(row).toContainText('Not measured yet')
    const isNone = (await row.innerText()).startsWith('No revocation')
    await row.getByRole('button', { name: /^Measure/ }).click()
    await expect(row).toContainText(
      isNone ? /6 requests accepted after it, none refused/ : /0 requests accepted after it, first refused after/,
      {
        timeout: 60_000,
      },
    )
    await expect(row).toContainText(isNone ? /0 look-ups a request/ : /1 look-up a request/)
    await expect(details(page)).toContainText(isNone ? 'No revocation' : /6 requests refused because of it/)
  }
  const { cluster, clients } = await (await lab.call('GET', '/lab')).json()
  expect(cluster.revocation).toBe('none')
  expect(clients.map(({ name }: { name: string }) => name)).not.toContain('Stopwatch')
})

/** Puts rows into the session store from a connection of its own, as any of its nodes might. */
function addSessions(dataDir: string, count: number): void {
  const database = connectDatabase(join(dataDir, 'target.db'))
  const now = Date.now()
  const insert = database.prepare(
    `INSERT INTO sessions (key, hash, account, created_at, last_seen_at, idle_expires_at, absolute_expires_at, node, device, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'node-1', ?, '{}')`,
  )
  database.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const id = createHash('sha256').update(String(index)).digest('hex')
      const made = now - index
      insert.run(
        BigInt(`0x${id.slice(0, 16)}`) >> 1n,
        id,
        `user-${index}`,
        made,
        made,
        made + 1_800_000,
        made + 43_200_000,
        `Browser ${index}`,
      )
    }
  })()
  database.close()
}

test('10,000 sessions are searched, sorted and scrolled through, with no more lines in the page than are in view', async ({
  page,
  lab,
}) => {
  addSessions(lab.ready.dataDir, 10_000)
  await page.goto(lab.ready.workbench)
  await openTab(page, 'Sessions')
  await expect(list(page)).toHaveAttribute('aria-rowcount', '10001')
  await list(page).focus()
  await page.keyboard.press('End')
  await expect(rowOf(page, 'user-9999')).toHaveAttribute('aria-selected', 'true')
  await expect(rowOf(page, 'user-9999')).toBeInViewport()
  await page.keyboard.press('Home')
  await expect(rowOf(page, 'Browser 0')).toHaveAttribute('aria-selected', 'true')
  for (let pages = 0; pages < 20; pages += 1) await page.keyboard.press('PageDown')
  expect(await list(page).getByRole('row').count()).toBeLessThan(80)
  await page.getByRole('searchbox', { name: 'Search' }).fill('USER-4321')
  await expect(list(page).getByRole('row')).toHaveCount(2)
  await page.getByRole('searchbox', { name: 'Search' }).fill('')
  await list(page).getByRole('columnheader', { name: 'Created' }).getByRole('button').click()
  await expect(list(page).getByRole('columnheader', { name: 'Created' })).toHaveAttribute('aria-sort', 'ascending')
  await list(page).focus()
  await page.keyboard.press('Home')
  await expect(rowOf(page, 'user-9999')).toHaveAttribute('aria-selected', 'true')
})

test('lifetimes are typed with their unit, and what cannot be one says why and changes nothing', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await runFromPalette(page, 'Go to Settings')
  const field = page.getByRole('textbox', { name: 'Access token' })
  await expect(field).toHaveValue('15 min')
  await field.fill('soon')
  await expect(page.getByRole('alert').filter({ hasText: 'Write a number with its unit' })).toBeVisible()
  await field.fill('31 d')
  await expect(page.getByRole('alert').filter({ hasText: 'Between 1 s and 30 d' })).toBeVisible()
  await field.press('Enter')
  /** Null while nodes restart. */
  const lifetimeOf = async (): Promise<number | null> => {
    const { isRolling, lifetimes } = await (await lab.call('GET', '/cluster')).json()
    return isRolling ? null : lifetimes.accessToken
  }
  expect(await lifetimeOf()).toBe(900)
  await field.fill('2 min')
  await field.press('Enter')
  await expect.poll(lifetimeOf).toBe(120)
  await expect(field).toHaveValue('2 min')
  const { exchanges } = await (await lab.call('POST', '/clients/bob-laptop/login')).json()
  const { response } = await (await lab.call('GET', `/exchanges/${exchanges[0]}`)).json()
  expect(JSON.parse(response.body).expires_in).toBe(120)
})

test('a password that the operator changes ends the login with the old one, and is long enough or is not taken', async ({ page, lab }) => {
  await lab.call('POST', '/clients/alice-laptop/login')
  await page.goto(lab.ready.workbench)
  await choose(page, 'Alice·Laptop', /^Change the password/)
  const dialog = page.getByRole('dialog', { name: 'New password for alice' })
  await dialog.getByRole('textbox', { name: 'New password' }).fill('short')
  await expect(dialog).toContainText('At least 8 characters')
  await expect(dialog.getByRole('button', { name: 'Change the password' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'New password' }).fill('another-pass')
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  const verdictOf = async (path: string, body: unknown): Promise<string> => {
    const { exchanges } = await (await lab.call('POST', path, body)).json()
    return (await (await lab.call('GET', `/exchanges/${exchanges[0]}`)).json()).verdict
  }
  expect(await verdictOf('/clients/alice-laptop/requests', { path: '/me' })).toBe('unknown-session')
  expect(await verdictOf('/clients/alice-laptop/login', {})).toBe('bad-credentials')
  expect(await verdictOf('/clients/alice-laptop/login', { password: 'another-pass' })).toBe('allowed')
})

for (const theme of ['light', 'dark'] as const) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`every list of State in ${language}, ${theme}, has no serious accessibility finding and does not overflow`, async ({
      page,
      lab,
    }) => {
      test.setTimeout(120_000)
      await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language })])
      await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
      for (const client of ['alice-laptop', 'bob-laptop']) await lab.call('POST', `/clients/${client}/login`)
      const first = (await (await lab.call('POST', '/clients/bob-laptop/refresh')).json()).exchanges[0]
      await lab.call('POST', `/exchanges/${first}/replay`, {})
      await lab.call('DELETE', '/accounts/bob/sessions')
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(lab.ready.workbench)
      await page
        .getByRole('navigation')
        .getByRole('button', { name: /^(?:State|状态)$/ })
        .click()
      const tabs = page.getByRole('region', { name: /^(?:State|状态)$/ }).getByRole('tab')
      await expect(tabs).toHaveCount(STATE_TABS.length)
      for (const tab of await tabs.all()) {
        await tab.click()
        await expect(list(page).getByRole('row').nth(1)).toBeVisible()
        await list(page).focus()
        await page.keyboard.press('ArrowDown')
        await expect(list(page).getByRole('row', { selected: true })).toHaveCount(1)
        expect(await seriousFindings(page)).toEqual([])
        expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      }
    })
  }
}
