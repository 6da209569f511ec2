import { gzipSync } from 'node:zlib'
import { expect, test } from '../support/fixtures.ts'

const LIMIT_OCTETS = 450_000

test('what the page needs before it can be drawn is under 450 kB gzipped; editor, diagrams and other screens come later', async ({
  page,
  lab,
}) => {
  const { origin } = new URL(lab.ready.workbench)
  const html = await (await page.request.get(origin)).text()
  const files = [...html.matchAll(/(?:src|href)="(?:\.?\/)?(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? '')
  expect(files.length).toBeGreaterThan(1)
  const bodies = await Promise.all(files.map(async (file) => (await page.request.get(`${origin}/${file}`)).body()))
  expect(bodies.reduce((sum, body) => sum + gzipSync(body).byteLength, gzipSync(html).byteLength)).toBeLessThan(LIMIT_OCTETS)
})

for (const screen of ['Lessons', 'Flow', 'State', 'Assess', 'Settings']) {
  test(`the screen ${screen} is loaded when it is asked for`, async ({ page, lab }) => {
    await page.goto(lab.ready.workbench)
    const rail = page.getByRole('navigation', { name: 'Screens' })
    await rail.getByRole('button', { name: screen }).click()
    await expect(rail.getByRole('button', { name: screen })).toHaveAttribute('aria-current', 'page')
    await expect(page.locator('main').getByRole('heading').first()).toBeVisible()
  })
}
