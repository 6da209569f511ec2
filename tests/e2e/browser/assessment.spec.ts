import { readFileSync } from 'node:fs'
import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const TOKEN = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"email":"ann@shop.example"}').toString('base64url')}.c2ln`
const ARCHIVE = {
  log: {
    version: '1.2',
    creator: { name: 'Firefox', version: '1' },
    entries: [
      {
        startedDateTime: '2026-03-01T10:00:00.000Z',
        request: { method: 'GET', url: `https://shop.example/me?access_token=${TOKEN}`, headers: [] },
        response: { status: 200, headers: [{ name: 'Set-Cookie', value: 'PHPSESSID=3jvk2m5p8q1s4t7v; path=/' }] },
      },
    ],
  },
}
const file = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) })

test('settings are held against the checklist, and again when one of them changes', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await page.getByRole('button', { name: 'Assess', exact: true }).click()
  const list = page.getByRole('list', { name: 'This lab' })
  const item = (title: string) => list.getByRole('listitem').filter({ hasText: title })
  await expect(item('Who verifies cannot sign')).toContainText('Failed')
  await expect(item('Who verifies cannot sign')).toContainText('RFC 7515 §10.5')
  await expect(item('Access tokens live an hour at most')).toContainText('Passed')
  await lab.call('PATCH', '/cluster', { lifetimes: { accessToken: 7200 } })
  await expect(item('Access tokens live an hour at most')).toContainText('They live 2 h')
  await page.getByRole('radio', { name: 'Passed', exact: true }).click()
  await expect(item('Who verifies cannot sign')).toBeHidden()
  expect(await seriousFindings(page)).toEqual([])
})

test('a HAR file of another application is assessed on this machine, and the report is saved', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await page.getByRole('button', { name: 'Assess', exact: true }).click()
  await page.getByRole('radio', { name: 'HAR file' }).click()
  const input = page.locator('input[type=file]')
  await input.setInputFiles(file('broken.har', '{'))
  await expect(page.getByRole('alert')).toContainText('broken.har is no JSON')
  await input.setInputFiles(file('other.har', '{"log":{"version":"1.2"}}'))
  await expect(page.getByRole('alert')).toHaveText('other.har is no HAR 1.2 file that can be read. log.entries: is missing (array)')
  await input.setInputFiles(file('shop.har', JSON.stringify(ARCHIVE)))
  const list = page.getByRole('list', { name: 'shop.har' })
  const item = (title: string) => list.getByRole('listitem').filter({ hasText: title }).first()
  await expect(item('No token in a URL')).toContainText('1 request: a URL is kept')
  await expect(item('No token in a URL')).toContainText('Send it in the Authorization header or a cookie.')
  await expect(list).toContainText('PHPSESSID')
  await expect(list).toContainText('Add HttpOnly.')
  await expect(list).not.toContainText(TOKEN)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export report' }).click()
  const report = readFileSync(await (await download).path(), 'utf8')
  expect(report).toContain('# Assessment by AuthLab')
  expect(report).not.toContain(TOKEN)
  expect(await seriousFindings(page)).toEqual([])
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
})
