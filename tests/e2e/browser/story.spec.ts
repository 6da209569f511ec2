import { expect, test } from '../support/fixtures.ts'
import { tellStory } from '../support/story.ts'
import { card, choose, inspector, overflowOf, press, seriousFindings, statusCode } from '../support/workbench.ts'

test('session and JWT part ways: one can be ended, the other only expires, and every story shows why', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await tellStory(page)
  const denied = await (await lab.call('GET', '/exchanges?verdict=denied')).json()
  expect(denied.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['session-expired', 'token-expired'])
})

test('a revoked session is refused with a verdict of its own', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await expect(inspector(page)).toContainText('POST /session')
  await choose(page, 'Alice·Laptop', /Revoke this session/)
  await expect(card(page, 'Alice·Laptop')).toContainText('row gone')
  await press(page, 'Alice·Laptop', 'Call /me')
  await expect(statusCode(page)).toHaveText('401')
  const denied = await (await lab.call('GET', '/exchanges?verdict=denied')).json()
  expect(denied.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['unknown-session'])
})

for (const theme of ['light', 'dark'] as const) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`the workbench in ${language}, ${theme}, has no serious accessibility finding and does not overflow`, async ({ page, lab }) => {
      await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language })])
      await lab.call('POST', '/clients/alice-laptop/login')
      await lab.call('POST', '/clients/bob-laptop/login')
      await lab.call('POST', '/clients/alice-laptop/requests', { method: 'GET', path: '/me' })
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.goto(lab.ready.workbench)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await page.getByRole('row').filter({ hasText: '/me' }).last().click()
      await expect(page.getByRole('heading', { name: 'GET /me' })).toBeVisible()
      expect(await seriousFindings(page)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    })
  }
}
