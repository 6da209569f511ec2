import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLabProcess } from '../../../scripts/lab-process.ts'
import { expect, test } from '../support/fixtures.ts'
import { card, press } from '../support/workbench.ts'

test('a lab that was saved goes on in a fresh data folder: who was logged in still is, with traffic, role and settings', async ({
  page,
  lab,
}) => {
  await lab.call('PATCH', '/cluster', { revocation: 'denylist' })
  await lab.call('PATCH', '/accounts/bob', { role: 'admin' })
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await press(page, 'Bob·Laptop', 'Log in')
  await expect(page.getByRole('row', { name: /POST\s*\/token/ })).toHaveCount(1)
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save with secrets' }).click()
  const folder = mkdtempSync(join(tmpdir(), 'authlab-test-'))
  const other = await startLabProcess()
  try {
    const file = join(folder, 'lab.authlab')
    await (await downloading).saveAs(file)
    await page.goto(other.ready.workbench)
    await expect(card(page, 'Alice·Laptop')).toContainText('Not logged in')
    await page.getByRole('button', { name: 'Settings', exact: true }).click()
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file' }).click()
    await (await choosing).setFiles(file)
    await expect(page.getByText('The lab of the file is here')).toBeVisible()
    await page.getByRole('button', { name: 'Workbench', exact: true }).click()
    await expect(page.getByRole('row', { name: /POST\s*\/session/ })).toHaveCount(1)
    await press(page, 'Alice·Laptop', 'Call /me')
    await expect(page.getByRole('row', { name: /GET\s*\/me.*200.*Session/ })).toHaveCount(1)
    await press(page, 'Bob·Laptop', 'Call /admin/users')
    await expect(page.getByRole('row', { name: /GET\s*\/admin\/users.*200.*JWT/ })).toHaveCount(1)
    await expect(page.getByText('JWT: signature, then denylist')).toBeVisible()
  } finally {
    await other.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
