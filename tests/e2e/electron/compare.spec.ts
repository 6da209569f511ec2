import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../support/electron-app.ts'

const RUN_MS = 120_000

test('the desktop app saves the decision record as a PDF of one page', async ({ desktop: { app, page } }) => {
  test.setTimeout(2 * RUN_MS)
  const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  try {
    const file = join(folder, 'decision.pdf')
    await app.evaluate(({ dialog }, filePath) => {
      Object.assign(dialog, { showSaveDialog: async () => ({ canceled: false, filePath }) })
    }, file)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByRole('button', { name: /^Run/ }).first().click()
    await expect(page.getByText('Measured on this machine')).toBeVisible({ timeout: RUN_MS })
    for (const language of ['en', 'zh']) {
      if (language === 'zh') await page.getByRole('button', { name: /EN|中文/ }).click()
      await page.getByRole('button', { name: language === 'en' ? 'Export report' : '导出报告' }).click()
      await page.getByRole('menuitem', { name: 'PDF' }).click()
      await expect(page.getByText(language === 'en' ? 'Report saved' : '报告已保存')).toBeVisible({ timeout: 20_000 })
      const pdf = readFileSync(file)
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
      expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1)
      expect(pdf.length).toBeGreaterThan(10_000)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a page that is too large to print is refused with an error, and nothing is saved', async ({ desktop: { page } }) => {
  const refused = await page.evaluate(() => window.desktop?.savePdf?.('x.pdf', 'x'.repeat(2_000_000)).then(String, String))
  expect(refused).toContain('Error')
})
