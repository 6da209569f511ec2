import type { Page } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'
import { inspector, overflowOf, press, seriousFindings } from '../support/workbench.ts'

const TITLE = 'Session in a cluster: why was I logged out?'

const lesson = (page: Page) => page.getByRole('region', { name: 'Lesson', exact: true })
const part = (page: Page, name: string) => lesson(page).getByRole('region', { name, exact: true })
const doIt = (page: Page) => part(page, 'Do it').getByRole('button', { name: /Enter$/ })
const next = (page: Page) => lesson(page).getByRole('button', { name: /^(Next: |Finish)/ })

async function startLesson(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Lessons', exact: true }).click()
  await page
    .getByRole('listitem', { name: title })
    .getByRole('button', { name: /^Start/ })
    .click()
  await expect(lesson(page)).toBeVisible()
}

/** Does all that is left of the step on show, and waits for its checkpoint. */
async function finishStep(page: Page): Promise<void> {
  const choice = part(page, 'Predict before you run').getByRole('radio').first()
  if ((await choice.isVisible()) && (await choice.isEnabled())) await choice.click()
  while (await doIt(page).isVisible()) {
    const done = await part(page, 'Do it').getByLabel('Done', { exact: true }).count()
    await doIt(page).click()
    await expect(part(page, 'Do it').getByLabel('Done', { exact: true })).toHaveCount(done + 1)
  }
  await expect(part(page, 'Checkpoint').getByRole('status')).toHaveText('holds')
}

/** Opens the next step and waits for it. */
async function goOn(page: Page): Promise<void> {
  const title = (await next(page).innerText()).replace('Next: ', '').trim()
  await next(page).click()
  await expect(lesson(page).getByRole('article').getByRole('heading', { name: title, level: 1, exact: true })).toBeVisible()
}

test('a participant takes a lesson from end to end, with a wrong prediction, and has the own lab back as it was', async ({ page, lab }) => {
  test.setTimeout(150_000)
  await lab.call('POST', '/clients/alice-laptop/login', {})
  const before = await (await lab.call('GET', '/sessions')).json()
  await page.goto(lab.ready.workbench)
  await startLesson(page, TITLE)
  await expect(next(page)).toBeDisabled()
  await page.keyboard.press('Enter')
  await expect(part(page, 'Checkpoint').getByRole('status')).toHaveText('holds')
  await goOn(page)
  await expect(doIt(page)).toBeDisabled()
  await expect(part(page, 'Checkpoint')).toContainText('They are named once the step runs')
  await expect(part(page, 'Checkpoint').getByRole('listitem')).toHaveCount(0)
  await expect(page.getByRole('button', { name: /Call \/me three times/ })).toContainText('Predict, then see')
  const predict = part(page, 'Predict before you run')
  await predict.getByRole('radio', { name: 'Three' }).click()
  await expect(predict.getByRole('radio', { name: /Three/ })).toBeChecked()
  // From the choice itself, as the button says.
  await page.keyboard.press('Enter')
  await expect(predict).toContainText('locked')
  await expect(predict.getByRole('radio', { name: /One/ })).toBeDisabled()
  await finishStep(page)
  const outcome = lesson(page).getByRole('status', { name: 'What came of the prediction' })
  await expect(outcome).toContainText('Not so: Three')
  await expect(outcome).toContainText('The answer: One')
  await expect(part(page, 'Evidence captured').getByRole('listitem')).toHaveCount(3)
  await part(page, 'Evidence captured')
    .getByRole('button', { name: /^Diff #/ })
    .click()
  const diff = page.getByRole('dialog')
  await expect(diff.getByRole('row').filter({ hasText: 'session-lookup' })).toContainText("No such session in this node's memory")
  await expect(diff.getByRole('rowheader', { name: 'session-lookup differs', exact: true })).toBeVisible()
  await expect(diff.getByRole('rowheader', { name: 'cookie', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')

  while (!(await next(page).innerText()).startsWith('Finish')) {
    await goOn(page)
    await finishStep(page)
  }
  await next(page).click()
  await expect(page.getByRole('listitem', { name: TITLE })).toContainText('Completed')
  expect(before).toHaveLength(1)
  expect(await (await lab.call('GET', '/sessions')).json()).toEqual(before)
})

test('by keyboard alone the focus follows the lesson, and a lesson that was left goes on where it was', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await startLesson(page, TITLE)
  const heading = lesson(page).getByRole('article').getByRole('heading', { level: 1 })
  await expect(heading).toBeFocused()
  await doIt(page).focus()
  await page.keyboard.press('Enter')
  await expect(lesson(page).getByRole('region', { name: 'What came of it' })).toBeFocused()
  await next(page).focus()
  await page.keyboard.press('Enter')
  await expect(heading).toHaveText('Call /me three times')
  await expect(heading).toBeFocused()
  await lesson(page).getByRole('button', { name: 'Leave', exact: true }).focus()
  await page.keyboard.press('Enter')
  const goOnWith = page.getByRole('button', { name: `Continue: ${TITLE}` })
  await expect(goOnWith).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(heading).toHaveText('Call /me three times')
  await expect(lesson(page).getByText('Step 2 of')).toBeVisible()
  await expect(lesson(page).getByText('1 of 7 done')).toBeVisible()
})

test('on a presented page the evidence hides every credential and still tells which are the same', async ({ page, lab }) => {
  await lab.call('POST', '/lessons/refresh-theft/start', { step: 'thief-is-first' })
  for (let action = 0; action < 6; action += 1) await lab.call('POST', '/lesson-run/actions')
  await page.goto(lab.ready.workbench)
  await page.getByRole('button', { name: 'Lessons', exact: true }).click()
  const cards = part(page, 'Evidence captured').getByRole('listitem')
  await expect(cards).toHaveCount(6)
  await expect(cards.nth(1)).toContainText(/\w…\w/)
  await page.keyboard.press('p')
  await expect(page.getByRole('button', { name: /^Presenting/ })).toBeVisible()
  // Mallory refreshes with the token that Bob's client sends afterwards.
  await expect(cards.nth(1)).toContainText('Mallory')
  await expect(cards.nth(1)).toContainText('•••••• 2')
  await expect(cards.nth(3)).toContainText('Bob')
  await expect(cards.nth(3)).toContainText('•••••• 2')
  await expect(cards.nth(4)).toContainText('•••••• 4')
  await expect(part(page, 'Evidence captured')).not.toContainText(/\w…\w/)
})

test('what is done by hand in the workbench counts, and a banner there says what the lesson waits for', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await startLesson(page, TITLE)
  await part(page, 'Do it').getByRole('button', { name: 'Do it yourself in the workbench' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'A lesson is under way' })).toContainText('Next: Log Alice in')
  await expect(page.getByRole('status').filter({ hasText: 'A lesson is under way' })).toContainText('On the card of Alice.')
  await press(page, 'Alice', 'Log in')
  await expect(page.getByRole('status').filter({ hasText: 'A lesson is under way' })).toContainText('The checkpoint holds')
  await page.getByRole('button', { name: 'Back to the lesson' }).click()
  await expect(part(page, 'Do it')).toContainText('by hand')
  await expect(next(page)).toBeEnabled()
  await part(page, 'Evidence captured').getByRole('button', { name: 'Story of #1' }).click()
  await expect(inspector(page).getByRole('tab', { name: 'Story' })).toHaveAttribute('aria-selected', 'true')
  await expect(inspector(page).getByRole('heading', { level: 2 })).toHaveText(/POST\s*\/session/)
  await page.getByRole('button', { name: 'Back to the lesson' }).click()
  await lesson(page).getByRole('button', { name: 'Reset step' }).click()
  await expect(part(page, 'Checkpoint').getByRole('status')).toHaveText('waits for the actions above')
  await lesson(page).getByRole('button', { name: 'Leave' }).click()
  await expect(page.getByRole('heading', { name: 'Lessons', level: 1 })).toBeVisible()
})

test('what was done by hand and was not what the step asks for is said to miss, and the step is reset from there', async ({
  page,
  lab,
}) => {
  await lab.call('POST', '/lessons/what-a-session-is/start', { step: 'change-it' })
  await page.goto(lab.ready.workbench)
  await press(page, 'Alice', 'Call /me')
  await expect(page.getByRole('status').filter({ hasText: 'A lesson is under way' })).toContainText('The checkpoint does not hold')
  await page.getByRole('button', { name: 'Back to the lesson' }).click()
  await expect(part(page, 'Checkpoint').getByRole('status')).toHaveText('does not hold')
  await part(page, 'Checkpoint').getByRole('button', { name: 'Reset step' }).click()
  await expect(part(page, 'Checkpoint').getByRole('status')).toHaveText('waits for the actions above')
  await finishStep(page)
})

test('list and player are accessible and fit, light and dark, in English and Chinese', async ({ page, lab }) => {
  test.setTimeout(150_000)
  await page.goto(lab.ready.workbench)
  const look = async (): Promise<void> => {
    expect(await seriousFindings(page)).toEqual([])
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  }
  await page.getByRole('button', { name: 'Lessons', exact: true }).click()
  await expect(page.getByRole('listitem', { name: TITLE })).toBeVisible()
  await look()
  await startLesson(page, TITLE)
  await page.getByRole('switch', { name: 'Presenter notes' }).click()
  await finishStep(page)
  await goOn(page)
  await finishStep(page)
  await look()
  await page.getByRole('button', { name: 'Dark theme' }).click()
  await look()
  await page.getByRole('button', { name: '切换到中文' }).click()
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(page.getByRole('heading', { name: '调用 /me 三次', level: 1 })).toBeVisible()
  await look()
  await page.getByRole('button', { name: '离开' }).click()
  await expect(page.getByRole('heading', { name: '课程', level: 1 })).toBeVisible()
  await look()
})
