import { expect, test } from '../support/electron-app.ts'
import { card } from '../support/workbench.ts'

test('the notes have a window of their own, fenced and without the bridge; the presented window shows none of them meanwhile', async ({
  desktop: { app, page, origin },
}) => {
  await expect(card(page, 'Alice·Laptop')).toBeVisible()
  await page.keyboard.press('2')
  await page.getByRole('main').getByRole('button', { name: 'Start' }).first().click()
  await page.getByRole('switch', { name: 'Presenter notes' }).click()
  const onPage = page.getByRole('region', { name: 'Presenter notes' })
  await expect(onPage).toBeVisible()
  await page.keyboard.press('p')
  // Here is one display: it says so, and opens nothing unless it is asked all the same.
  await page.getByRole('button', { name: 'Options of presenter mode' }).click()
  await page.getByRole('menuitem', { name: 'Notes in a second window', exact: true }).click()
  await expect(page.getByText('There is only one display')).toBeVisible()
  expect(app.windows()).toHaveLength(1)
  await page.getByRole('button', { name: 'Options of presenter mode' }).click()
  const opening = app.waitForEvent('window')
  await page.getByRole('menuitem', { name: 'Notes in a second window, on this display' }).click()
  const notes = await opening
  await expect(notes.getByText('Step 1 of')).toBeVisible()
  expect(notes.url()).toBe(`${origin}/#notes`)
  await expect(onPage).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Presenting, 125 %/ })).toBeVisible()
  // Its own size is that of a page which is not presented.
  expect(await notes.evaluate(() => document.documentElement.style.getPropertyValue('--scale'))).toBe('')
  const refused = await notes.evaluate(() => window.desktop?.openClientWindow?.('alice-laptop').then(String, String))
  expect(refused).toContain('Only the workbench may ask for this.')
  await notes.getByRole('button', { name: 'Freeze the page' }).click()
  await expect(page.getByText('Page frozen')).toBeVisible()
  await notes.getByRole('button', { name: 'Thaw the page' }).click()
  await notes.evaluate(() => {
    location.href = 'http://example.com/'
  })
  expect(await notes.evaluate(() => window.open('http://example.com/') === null)).toBe(true)
  expect(notes.url()).toBe(`${origin}/#notes`)
  await notes.close()
  await expect(onPage).toBeVisible()
})
