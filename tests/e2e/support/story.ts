import { expect, type Page, test } from '@playwright/test'
import { card, choose, expectVerdict, inspector, moveClock, press, readStory, statusCode } from './workbench.ts'

const ALICE = 'Alice·Laptop'
const BOB = 'Bob·Laptop'

async function logInByBoth(page: Page): Promise<void> {
  await press(page, ALICE, 'Log in')
  await expectVerdict(page, 'POST /session', /^Allowed: node-\d created a session$/)
  const session = await readStory(page)
  expect(session).toEqual(expect.arrayContaining(['Password is right', 'New session id made', 'Session stored']))
  expect(session.at(-1)).toBe('Sent 200')
  await press(page, ALICE, 'Call /me')
  await expectVerdict(page, 'GET /me', /^Allowed: node-\d found the session$/)
  await expect(inspector(page)).toContainText(/\d reads?/)
  expect(await readStory(page)).toEqual(
    expect.arrayContaining(['Cookie signature ok', 'Session found in the store', 'Not idle for too long']),
  )
  await press(page, BOB, 'Log in')
  await expectVerdict(page, 'POST /token', /^Allowed: node-\d issued a token$/)
  expect(await readStory(page)).toEqual(expect.arrayContaining(['Password is right', 'Access token signed']))
  await press(page, BOB, 'Call /me')
  await expectVerdict(page, 'GET /me', /^Allowed: node-\d accepted the token$/)
  await expect(inspector(page)).toContainText('not used')
  expect(await readStory(page)).toEqual(expect.arrayContaining(['Signature ok', 'Issuer is trusted', 'Not expired']))
}

async function expireSession(page: Page): Promise<void> {
  await choose(page, ALICE, /Expire now/)
  await expect(card(page, ALICE)).toContainText('expired')
  await press(page, ALICE, 'Call /me')
  await expectVerdict(page, 'GET /me', /^Denied: the session was idle too long$/)
  await expect(statusCode(page)).toHaveText('401')
  expect(await readStory(page)).toEqual(expect.arrayContaining(['Session found in the store', 'Idle for too long', 'Sent 401']))
}

async function outliveLogout(page: Page): Promise<void> {
  await press(page, BOB, 'Log out')
  await expect(card(page, BOB)).toContainText('Still accepted until')
  await press(page, BOB, 'Try it anyway')
  await expectVerdict(page, 'GET /me', /^Allowed: node-\d accepted the token$/)
  await expect(statusCode(page)).toHaveText('200')
}

async function travelPastExp(page: Page): Promise<void> {
  const bar = page.getByRole('contentinfo')
  await moveClock(page, 'Forward 15 min')
  await expect(bar).toContainText('15 min ahead')
  await moveClock(page, 'Forward 1 min')
  await expect(bar).toContainText('16 min ahead')
  await expect(card(page, BOB)).not.toContainText('Still accepted until')
  await inspector(page).getByRole('button', { name: 'Replay', exact: true }).click()
  await expectVerdict(page, 'GET /me', /^Denied: the token has expired$/)
  await expect(statusCode(page)).toHaveText('401')
  expect(await readStory(page)).toEqual(expect.arrayContaining(['Signature ok', 'Expired', 'Sent 401']))
  await page.getByRole('button', { name: 'Real time' }).click()
  await expect(bar).not.toContainText('ahead')
}

/** The story that every window has to be able to tell, through what an operator can press alone. Ends on a token that was refused. */
export async function tellStory(page: Page): Promise<void> {
  await test.step('Alice logs in by session and Bob by JWT, and each step shows its evidence', () => logInByBoth(page))
  await test.step('a session that is made to expire is refused', () => expireSession(page))
  await test.step('a token outlives its logout', () => outliveLogout(page))
  await test.step('the status bar moves the clock past exp, and the same token is refused', () => travelPastExp(page))
}
