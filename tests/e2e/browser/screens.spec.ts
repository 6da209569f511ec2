import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const WAYS = ['en', 'zh-CN'].flatMap((language) => ['light', 'dark'].map((theme) => ({ language, theme })))

for (const { language, theme } of WAYS) {
  test(`the notes in their own window, in ${language}, ${theme}, with a step on show and a list of lessons, have no serious accessibility finding and fit`, async ({
    page,
    lab,
    context,
  }) => {
    await lab.call('PUT', '/cues', { cues: [{ lesson: 'session-in-a-cluster', minutes: 15 }], current: null, startedAt: null })
    await lab.call('POST', '/lessons/session-in-a-cluster/start', { step: 'call-three-times' })
    await page.addInitScript((kept) => localStorage.setItem('authlab.ui', kept), JSON.stringify({ language, theme }))
    await page.goto(lab.ready.workbench)
    const opening = context.waitForEvent('page')
    await page.getByRole('button', { name: /^(?:Options of presenter mode|演示模式的选项)$/ }).click()
    await page.getByRole('menuitem', { name: /^(?:Notes in a second window|在第二个窗口中显示备注)$/ }).click()
    const notes = await opening
    await notes.setViewportSize({ width: 800, height: 700 })
    await expect(notes.getByText(language === 'en' ? 'How many of Alice' : 'Alice 的三次调用')).toBeVisible()
    await expect(notes.getByRole('listitem')).toHaveCount(1)
    await expect(notes.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
    expect(await seriousFindings(notes)).toEqual([])
    expect(await overflowOf(notes)).toBeLessThanOrEqual(0)
  })

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
