import { expect, test } from '../support/fixtures.ts'
import { card, choose, inspector, press } from '../support/workbench.ts'

test('two things put into the cart at once while the store is slow: one is lost, and a story says so', async ({ page, lab }) => {
  await lab.call('PATCH', '/cluster', { storeLatencyMs: 200 })
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await choose(page, 'Alice·Laptop', /Put something into the cart/)
  await expect(inspector(page)).toContainText('POST /session/cart')
  await choose(page, 'Alice·Laptop', /Put two things into the cart at once.*200 ms of store latency/)
  const puts = async (): Promise<{ id: string; verdict: string | null }[]> =>
    (await (await lab.call('GET', '/exchanges?q=/session/cart')).json()).filter(
      ({ verdict }: { verdict: string | null }) => verdict !== null,
    )
  await expect.poll(async () => (await puts()).length).toBe(3)
  const stories = await Promise.all((await puts()).map(async ({ id }) => (await lab.call('GET', `/exchanges/${id}`)).json()))
  expect(stories.map(({ status }) => status)).toEqual([200, 200, 200])
  const lost = stories.filter(({ steps }) => steps.some(({ kind }: { kind: string }) => kind === 'session-overwrite'))
  expect(lost).toHaveLength(1)
  const seqs = stories.map(({ seq }) => seq).sort((one, other) => one - other)
  await page.getByRole('row').filter({ hasText: '/session/cart' }).nth(seqs.indexOf(lost[0].seq)).click()
  await expect(inspector(page)).toContainText('An update in between was overwritten')
})

test('a client by JWT has no cart: nothing is kept for it', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Bob·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /token')
  await card(page, 'Bob·Laptop')
    .getByRole('button', { name: /More for/ })
    .click()
  const item = page.getByRole('menuitem', { name: /Put two things into the cart at once/ })
  await expect(item).toContainText('Nothing is kept on the server for a JWT')
  await expect(item).toBeDisabled()
})
