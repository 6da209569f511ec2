import { readFileSync } from 'node:fs'
import { expect, test } from '../support/fixtures.ts'
import { press, seriousFindings } from '../support/workbench.ts'

test('the audit log is searched, opened and exported, and leads to the request', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice·Laptop', 'Log in')
  await lab.call('POST', '/clients/bob-laptop/login', { username: 'bob', password: 'wrong' })
  await lab.call('PATCH', '/accounts/bob', { role: 'admin' })
  await fetch(`${lab.ready.balancer}/token/introspect`, { method: 'POST', body: new URLSearchParams({ token: 'x' }) })
  await page.getByRole('button', { name: 'State' }).click()
  await page.getByRole('tab', { name: 'Audit log' }).click()
  const list = page.getByRole('region', { name: 'Audit log' })
  const grid = list.getByRole('grid', { name: 'Audit log' })
  await expect(grid.getByRole('row')).toHaveCount(5)
  for (const event of ['Client authentication failed', 'Account bob changed: role admin', 'Login failed', 'Login']) {
    await expect(grid.getByRole('gridcell', { name: event, exact: true })).toBeVisible()
  }
  await list.getByRole('searchbox').fill('absent')
  await grid.getByRole('gridcell', { name: 'Client authentication failed', exact: true }).click()
  await expect(page.getByRole('table', { name: 'Client authentication failed' })).toContainText('no proof was sent')
  await list.getByRole('searchbox').fill('login failed')
  await expect(grid.getByRole('row')).toHaveCount(2)
  await grid.getByRole('gridcell', { name: 'Login failed', exact: true }).click()
  const details = page.getByRole('table', { name: 'Login failed' })
  await expect(details).toContainText('bob')
  const download = page.waitForEvent('download')
  await list.getByRole('button', { name: 'Export' }).click()
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\n')
  expect(lines.map((line) => JSON.parse(line).kind)).toEqual(['login', 'login-failed', 'operator', 'client-authentication-failed'])
  expect(await seriousFindings(page)).toEqual([])
  await details.getByRole('button').click()
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('POST /token')
})
