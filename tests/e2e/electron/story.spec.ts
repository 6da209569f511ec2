import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, openDesktop, test } from '../support/electron-app.ts'
import { tellStory } from '../support/story.ts'
import { card, expectVerdict, inspector, overflowOf, press, seriousFindings } from '../support/workbench.ts'

/** The page in this theme and language, by the buttons of its top bar. */
async function turn(page: Page, theme: 'light' | 'dark', language: 'en' | 'zh-CN'): Promise<void> {
  const html = page.locator('html')
  if ((await html.getAttribute('lang')) !== language) {
    await page.getByRole('button', { name: language === 'en' ? 'Switch to English' : '切换到中文' }).click()
  }
  await expect(html).toHaveAttribute('lang', language)
  if ((await html.getAttribute('data-mantine-color-scheme')) !== theme) {
    await page.getByRole('button', { name: theme === 'dark' ? /^(?:Dark theme|深色主题)$/ : /^(?:Light theme|浅色主题)$/ }).click()
  }
  await expect(html).toHaveAttribute('data-mantine-color-scheme', theme)
}

test('a first start tells the whole story in its window, and nothing of it leaves this machine', async ({ staged }) => {
  test.setTimeout(120_000)
  const home = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  const { page, close } = await openDesktop(staged, [], { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home })
  await tellStory(page)
  expect(await close()).toEqual([])
  expect(readdirSync(join(home, 'authlab'))).toEqual(expect.arrayContaining(['lab.db', 'target.db', 'window']))
  rmSync(home, { recursive: true })
})

test('the window reads in English and Chinese, light and dark, without a serious accessibility finding', async ({
  desktop: { app, page },
}) => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800))
  await press(page, 'Alice·Laptop', 'Log in')
  await press(page, 'Bob·Laptop', 'Log in')
  await press(page, 'Bob·Laptop', 'Call /me')
  await expectVerdict(page, 'GET /me', /^Allowed: node-\d accepted the token$/)
  for (const language of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      await turn(page, theme, language)
      await expect(inspector(page)).toContainText(language === 'en' ? 'Signature ok' : '签名有效')
      await expect(card(page, 'Bob·Laptop')).toContainText(language === 'en' ? 'Log out' : '登出')
      expect(await seriousFindings(page), `${language}, ${theme}`).toEqual([])
      expect(await overflowOf(page), `${language}, ${theme}`).toBeLessThanOrEqual(0)
    }
  }
})
