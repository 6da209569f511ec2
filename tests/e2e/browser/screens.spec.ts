import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const WAYS = ['en', 'zh-CN'].flatMap((language) => ['light', 'dark'].map((theme) => ({ language, theme })))

for (const { language, theme } of WAYS) {
  test(`every screen in ${language}, ${theme}, has no serious accessibility finding and does not overflow`, async ({ page, lab }) => {
    await lab.call('POST', '/clients/bob-laptop/login')
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.addInitScript((kept) => localStorage.setItem('authlab.ui', kept), JSON.stringify({ language, theme }))
    await page.goto(lab.ready.workbench)
    const rail = page.locator('nav.rail').getByRole('button')
    await expect(rail.first()).toBeVisible()
    for (const screen of await rail.all()) {
      await screen.click()
      await expect(page.locator('main').getByRole('heading').first()).toBeVisible()
      expect(await seriousFindings(page), await screen.getAttribute('title').then(String)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    }
  })
}
