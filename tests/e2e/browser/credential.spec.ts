import type { Locator, Page } from '@playwright/test'
import type { LabProcess } from '../../../scripts/lab-process.ts'
import { expect, test } from '../support/fixtures.ts'
import { inspector, overflowOf, seriousFindings } from '../support/workbench.ts'

const column = (page: Page, name: string | RegExp): Locator => inspector(page).getByRole('region', { name })
const jwt = (page: Page): Locator => column(page, 'JSON Web Token')
const session = (page: Page): Locator => column(page, 'Session cookie')
const breakIt = (page: Page): Locator => jwt(page).getByRole('region', { name: 'Break it' })
const editor = (page: Page): Locator => breakIt(page).getByRole('textbox', { name: 'Payload as JSON' })
const sign = (page: Page, way: string): Promise<void> => breakIt(page).getByRole('radio', { name: way }).click()
const point = (scope: Locator, title: string): Locator => scope.getByRole('listitem').filter({ hasText: title })

const verdicts = async (lab: LabProcess): Promise<string[]> =>
  (await (await lab.call('GET', '/exchanges')).json()).map(({ verdict }: { verdict: string }) => verdict)
const last = async (lab: LabProcess) => (await (await lab.call('GET', '/exchanges')).json()).at(-1)

/** Alice by session and Bob by JWT have each been at /me; both credentials stand side by side. */
async function openBoth(page: Page, lab: LabProcess): Promise<void> {
  for (const client of ['alice-laptop', 'bob-laptop']) {
    await lab.call('POST', `/clients/${client}/login`)
    await lab.call('POST', `/clients/${client}/requests`, { method: 'GET', path: '/me' })
  }
  await page.goto(lab.ready.workbench)
  await expect(page.getByRole('row').filter({ hasText: '/me' }).first()).toBeVisible()
  await page.keyboard.press('w')
  await inspector(page).getByRole('tab').nth(3).click()
}

/** Replaces a piece of the payload by the keyboard, as a person would. */
async function editPayload(page: Page, before: string, after: string): Promise<void> {
  const text = (await editor(page).innerText()).replace(/\n\n/g, '\n')
  expect(text).toContain(before)
  await editor(page).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text.replace(before, after))
}

const fire = (page: Page): Promise<void> => breakIt(page).getByRole('button', { name: 'Tamper & resend' }).click()

test('a changed role is refused with the old signature and without one, and lets Mallory in with the leaked key', async ({ page, lab }) => {
  await openBoth(page, lab)
  await editPayload(page, '"role": "user"', '"role": "admin"')
  await expect(editor(page).locator('.changed')).toHaveCount(1)
  await expect(editor(page).locator('s')).toHaveText('"user"')
  await fire(page)
  await expect(breakIt(page)).toContainText(/401 .*signature/)
  expect(await last(lab)).toMatchObject({ clientName: 'Mallory', path: '/admin/users', status: 401, verdict: 'bad-signature' })

  await sign(page, 'alg: none')
  await fire(page)
  await expect.poll(async () => (await last(lab)).verdict).toBe('unsupported-algorithm')

  await sign(page, 'Sign with leaked key')
  await fire(page)
  await expect(breakIt(page)).toContainText('200')
  expect(await last(lab)).toMatchObject({ clientName: 'Mallory', path: '/admin/users', status: 200, verdict: 'allowed' })

  const { seq } = await last(lab)
  await breakIt(page)
    .getByRole('button', { name: `#${seq}`, exact: true })
    .click()
  await expect(inspector(page).getByRole('heading', { name: /^Allowed: node-\d accepted the token$/ })).toBeVisible()
  const { actions } = await (await lab.call('GET', '/lab')).json()
  expect(actions.at(-1)).toMatchObject({ action: 'token-forged', params: { account: 'bob' } })
})

test('one flipped character is refused, a copy is not: for the token and for the session alike', async ({ page, lab }) => {
  await openBoth(page, lab)
  await breakIt(page).getByRole('button', { name: 'Flip one character' }).click()
  await page.getByRole('menuitem', { name: 'of the Signature' }).click()
  await expect(breakIt(page)).toContainText('401')
  expect(await last(lab)).toMatchObject({ clientName: 'Mallory', verdict: 'bad-signature' })

  await session(page).getByRole('button', { name: 'Flip one character' }).click()
  await expect(session(page)).toContainText('401')
  expect(await last(lab)).toMatchObject({ clientName: 'Alice·Laptop', verdict: 'bad-cookie-signature' })

  await session(page).getByRole('button', { name: 'Replay as Mallory' }).click()
  await expect.poll(() => last(lab)).toMatchObject({ clientName: 'Mallory', path: '/me', verdict: 'allowed' })

  await session(page).getByRole('button', { name: 'Revoke row' }).click()
  await expect(session(page)).toContainText('the row is gone')
  await session(page).getByRole('button', { name: 'Replay as Mallory' }).click()
  await expect.poll(async () => (await last(lab)).verdict).toBe('unknown-session')
})

test('a weak point is proved by a request, and so is a check that was passed; what was changed for it is put back', async ({
  page,
  lab,
}) => {
  await openBoth(page, lab)
  const stolen = point(jwt(page), 'A stolen copy works as it is')
  await stolen.getByRole('button', { name: /Try it/ }).click()
  await expect(stolen).toContainText('200')
  const role = point(jwt(page), 'A changed role does not reach it')
  await role.getByRole('button', { name: /Try it/ }).click()
  // Bob was an admin while this was sent; his token says user.
  await expect(role).toContainText('403')
  const { accounts } = await (await lab.call('GET', '/lab')).json()
  expect(accounts.find(({ name }: { name: string }) => name === 'bob')).toMatchObject({ role: 'user' })

  await jwt(page).getByText('checks passed').click()
  const aud = point(jwt(page), 'aud names one service')
  await aud.getByRole('button', { name: /Try it/ }).click()
  await expect(aud).toContainText('401')
  expect((await verdicts(lab)).at(-1)).toBe('wrong-audience')
  const key = point(jwt(page), 'A key in the header is ignored')
  await key.getByRole('button', { name: /Try it/ }).click()
  await expect(key).toContainText('401')
  expect(await last(lab)).toMatchObject({ path: '/admin/users', verdict: 'unknown-key' })

  const store = point(session(page), 'Store down, everyone is out')
  await store.getByRole('button', { name: /Try it/ }).click()
  await expect(store).toContainText('503')
  await expect.poll(async () => (await (await lab.call('GET', '/cluster')).json()).isStoreOut).toBe(false)

  const logout = point(jwt(page), 'Logout does not reach it')
  await logout.getByRole('button', { name: /Try it/ }).click()
  await expect(logout).toContainText('200')
})

test('a pasted token is taken apart and never leaves: it goes to the control API of this computer, and nowhere else', async ({
  page,
  lab,
}) => {
  await openBoth(page, lab)
  const mark = `carol-${Date.now()}`
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const foreign = `${part({ alg: 'EdDSA', kid: '../k' })}.${part({ sub: mark, email: 'c@example.org', exp: 1_700_000_000 })}.c2ln`
  const payload = foreign.split('.')[1] ?? ''
  const carried: string[] = []
  page.on('request', (request) => {
    const whole = [request.url(), request.postData() ?? '', JSON.stringify(request.headers())].join('\n')
    if (whole.includes(payload) || whole.includes(mark)) carried.push(`${request.method()} ${request.url()}`)
  })
  const before = (await verdicts(lab)).length
  await jwt(page).getByRole('button', { name: 'Paste a token' }).click()
  const pasted = column(page, 'Pasted token')
  await pasted.getByRole('textbox', { name: 'Token from anywhere' }).fill(foreign)
  await expect(pasted).toContainText('never sent anywhere')
  for (const words of [
    mark,
    'c@example.org',
    'Nobody here can vouch for it',
    'kid is more than a name',
    'Personal data in clear',
    'expired',
  ]) {
    await expect(pasted).toContainText(words)
  }
  await expect(pasted.getByRole('button', { name: /Try it|Tamper|Flip/ })).toHaveCount(0)
  expect(new Set(carried)).toEqual(new Set([`POST ${lab.ready.api}/tokens/inspect`]))
  expect(await verdicts(lab)).toHaveLength(before)
  expect(await page.evaluate((text) => JSON.stringify({ ...localStorage, ...sessionStorage }).includes(text), payload)).toBe(false)

  for (const [token, words] of [
    [`${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.BBBB.CCCC`, 'a JWE'],
    [`${part({ alg: 'HS256' })}.bm90IGpzb24.c2ln`, 'not JSON in UTF-8'],
    [`${foreign}=`, 'not canonical base64url'],
    ['hello', 'three parts'],
  ] as const) {
    await pasted.getByRole('textbox', { name: 'Token from anywhere' }).fill(token)
    await expect(pasted).toContainText(words)
  }
  await pasted.getByRole('button', { name: 'Back to the traffic' }).click()
  await expect(breakIt(page)).toBeVisible()
})

test('keys go into the editor and not to the lab while one types; Escape from outside leads back beside the traffic', async ({
  page,
  lab,
}) => {
  await openBoth(page, lab)
  await editor(page).click()
  await page.keyboard.type('wim,.2r ')
  await expect(editor(page)).toBeVisible()
  expect((await (await lab.call('GET', '/clock')).json()).offsetMs).toBe(0)
  expect(await verdicts(lab)).toHaveLength(4)
  await breakIt(page).getByRole('button', { name: 'Reset' }).click()
  await expect(editor(page).locator('.changed')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('grid')).toBeVisible()
})

test('without a credential a column says how to get one, and shows it when it is there', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await expect(page.getByRole('article').first()).toBeVisible()
  await page.keyboard.press('w')
  await inspector(page).getByRole('tab', { name: 'Credential' }).click()
  await expect(session(page)).toContainText('No request with a session yet')
  await jwt(page).getByRole('button', { name: 'Log Alice·Phone in' }).click()
  await expect(jwt(page)).toContainText('JWT cookie')
  await expect(jwt(page)).toContainText('Set-Cookie: access_token=')
})

test('the editor is not loaded before somebody wants to edit', async ({ page, lab }) => {
  const loaded: string[] = []
  page.on('response', (response) => loaded.push(response.url()))
  await page.goto(lab.ready.workbench)
  await expect(page.getByRole('article').first()).toBeVisible()
  expect(loaded.filter((url) => /json-editor|wide-inspector/.test(url))).toEqual([])
})

for (const theme of ['light', 'dark'] as const) {
  for (const language of ['en', 'zh-CN'] as const) {
    test(`side by side in ${language}, ${theme}, has no serious accessibility finding and does not overflow`, async ({ page, lab }) => {
      await page.addInitScript(([kept]) => localStorage.setItem('authlab.ui', kept ?? ''), [JSON.stringify({ theme, language })])
      await page.setViewportSize({ width: 1280, height: 800 })
      await openBoth(page, lab)
      await expect(inspector(page).locator('.cm-content')).toBeVisible()
      await inspector(page).locator('details').first().click()
      expect(await seriousFindings(page)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    })
  }
}
