import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import type { LabProcess } from '../../../scripts/lab-process.ts'
import { injectedScript } from '../../../src/lessons/injected-script.ts'
import { expect, test } from '../support/fixtures.ts'
import { overflowOf, seriousFindings } from '../support/workbench.ts'

const portalOf = (lab: LabProcess): string => lab.ready.balancer.replace('127.0.0.1', 'app.localhost')
const switchOn = async (lab: LabProcess, ...ids: string[]): Promise<void> => {
  const answer = await lab.call('PATCH', '/weaknesses', Object.fromEntries(ids.map((id) => [id, true])))
  expect(answer.status).toBe(200)
}

interface Transfer {
  from: string
  memo: string
}

/** Mallory, without a browser. */
async function mallory(lab: LabProcess) {
  const ask = async (method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}) => {
    const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const answer = await fetch(`${lab.ready.balancer}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, json: await answer.json() }
  }
  const login = { grant_type: 'password', username: 'mallory', password: 'mallory-pass' }
  const token: string = (await ask('POST', '/token', { body: login })).json.access_token
  return {
    send: async (memo: string): Promise<void> => {
      expect((await ask('POST', '/transfer', { token, body: { to: 'alice', amountCents: 1, memo } })).status).toBe(201)
    },
    received: async (): Promise<Transfer[]> => (await ask('GET', '/transfers', { token })).json.transfers,
    meWith: (stolen: string) => ask('GET', '/me', { token: stolen }),
  }
}

/** The memo that the lesson has Mallory write. */
function lessonMemo(): string {
  const bodies = (injectedScript.do ?? []).flatMap((action) =>
    action.do === 'call' && action.client === 'mallory' && action.body !== undefined ? [action.body] : [],
  )
  expect(bodies).toHaveLength(1)
  return JSON.parse(String(bodies[0])).memo
}

const CHOICES = {
  session: 'a session cookie',
  cookie: 'a token in a cookie',
  storage: 'a token in localStorage',
} as const

async function logIn(page: Page, lab: LabProcess, choice: keyof typeof CHOICES): Promise<void> {
  await page.goto(portalOf(lab))
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill('alice-pass')
  await page.getByLabel(CHOICES[choice]).check()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.locator('#who')).toContainText('logged in as alice')
  await expect(page.locator('#transfers > li')).not.toHaveCount(0)
}

test('with both weaknesses on the victim’s page sends Mallory the token from localStorage by itself, and it works for her', async ({
  page,
  lab,
}) => {
  const thief = await mallory(lab)
  await switchOn(lab, 'stored-xss', 'token-in-web-storage')
  await thief.send(lessonMemo())
  await logIn(page, lab, 'storage')
  await expect.poll(async () => (await thief.received()).length).toBe(1)
  const [{ from, memo } = { from: '', memo: '' }] = await thief.received()
  expect(from).toBe('alice')
  expect(memo).toBe(await page.evaluate(() => localStorage.getItem('access_token')))
  expect((await thief.meWith(memo)).json).toMatchObject({ user: { name: 'alice' }, mechanism: 'jwt-bearer' })
  // A page that is opened again is still logged in, which is what the token is kept for, and leaks again.
  await page.reload()
  await expect.poll(async () => (await thief.received()).length).toBe(2)
})

for (const choice of ['cookie', 'session'] as const) {
  test(`with ${CHOICES[choice]} the same script reads nothing, and sends a transfer in the victim’s name all the same`, async ({
    page,
    lab,
  }) => {
    const thief = await mallory(lab)
    await switchOn(lab, 'stored-xss', 'token-in-web-storage')
    await thief.send(lessonMemo())
    await logIn(page, lab, choice)
    await expect.poll(async () => (await thief.received()).length).toBe(1)
    expect(await thief.received()).toMatchObject([{ from: 'alice', memo: '' }])
    const [seen] = await (await lab.call('GET', '/exchanges?q=/transfer&limit=2')).json()
    expect(seen).toMatchObject({ verdict: 'allowed' })
  })
}

test('with the weaknesses off the same memo is text in the same page: no request goes out, and nothing is there to log in for', async ({
  page,
  lab,
}) => {
  const thief = await mallory(lab)
  await thief.send(lessonMemo())
  await page.goto(portalOf(lab))
  await expect(page.getByLabel(CHOICES.storage)).toHaveCount(0)
  await expect(page.getByRole('complementary')).toHaveCount(0)
  await logIn(page, lab, 'cookie')
  await expect(page.locator('#transfers q')).toHaveText(lessonMemo())
  expect(await page.locator('#transfers img').count()).toBe(0)
  // The page has said that it is done when another request of its own has been answered.
  await page.getByRole('button', { name: 'GET /me' }).click()
  await expect(page.locator('#answer')).toContainText('"name": "alice"')
  expect(await thief.received()).toEqual([])
})

/** A script that tries everything that it must not reach, and writes into the page what came of it. */
const reaching = (lab: LabProcess): string => {
  const { api, token } = lab.ready
  const tries = {
    plain: `fetch('${api}/lab')`,
    simple: `fetch('${api}/lab/reset', { method: 'POST', mode: 'no-cors' })`,
    // Even one that had guessed the token gets no answer to read.
    authorized: `fetch('${api}/lab', { headers: { Authorization: 'Bearer ${token}' } })`,
    file: `fetch('file:///etc/passwd')`,
    frame: `new Promise((done, fail) => { const f = document.createElement('iframe'); f.onload = () => { try { f.contentDocument.body ? done() : fail() } catch { fail() } }; f.src = '${api}/lab'; document.body.append(f) })`,
  }
  const entries = Object.entries(tries).map(([name, code]) => `['${name}', () => ${code}]`)
  const script = `Promise.all([${entries}].map(([name, go]) => Promise.resolve().then(go).then((a) => name + ' ' + (a?.type ?? 'read'), () => name + ' failed'))).then((all) => { document.title = all.join(', ') })`
  return `<img src="data:," onerror="${script}">`
}

/** What came of it in a page of the victim's, and what the control plane answered. */
async function victimPage(browser: Browser, lab: LabProcess, options: BrowserContextOptions) {
  const page = await (await browser.newContext(options)).newPage()
  const answers: number[] = []
  page.on('response', (response) => {
    if (response.url().startsWith(lab.ready.api)) answers.push(response.status())
  })
  await logIn(page, lab, 'cookie')
  await expect(page).toHaveTitle(/plain/)
  return { title: await page.title(), answers }
}

test('the control plane and the files of this computer stay out of reach of the injected script, by the page’s policy and without it', async ({
  browser,
  lab,
}) => {
  await switchOn(lab, 'stored-xss')
  await (await mallory(lab)).send(reaching(lab))
  const before = (await (await lab.call('GET', '/lab')).json()).actions.length
  const nothing = 'plain failed, simple failed, authorized failed, file failed, frame failed'
  expect(await victimPage(browser, lab, {})).toEqual({ title: nothing, answers: [] })
  // The policy is not what the control plane relies on: it answers no other origin, and does nothing without its token.
  const unfenced = await victimPage(browser, lab, { bypassCSP: true })
  expect(unfenced.title).toBe(nothing)
  expect([...new Set(unfenced.answers)]).toEqual([401])
  const { actions, weaknesses } = await (await lab.call('GET', '/lab')).json()
  expect(actions).toHaveLength(before)
  expect(weaknesses).toContainEqual({ id: 'stored-xss', isOn: true })
})

const WAYS = [
  { language: 'en', banner: 'On: Stored XSS in the portal, Token in web storage.', off: 'Switch them off', theme: 'light' },
  { language: 'en', banner: 'On: Stored XSS in the portal, Token in web storage.', off: 'Switch them off', theme: 'dark' },
  { language: 'zh-CN', banner: '已开启：门户中的存储型 XSS、令牌存放在 Web Storage。', off: '关闭', theme: 'light' },
  { language: 'zh-CN', banner: '已开启：门户中的存储型 XSS、令牌存放在 Web Storage。', off: '关闭', theme: 'dark' },
] as const

for (const { language, theme, banner, off } of WAYS) {
  test(`while one is on the workbench says so in ${language}, ${theme}, at both widths, and switches it off`, async ({ page, lab }) => {
    await switchOn(lab, 'stored-xss', 'token-in-web-storage')
    await page.addInitScript((kept) => localStorage.setItem('authlab.ui', kept), JSON.stringify({ language, theme }))
    await page.goto(lab.ready.workbench)
    const shown = page.getByRole('status').filter({ hasText: banner })
    await expect(shown).toBeVisible()
    for (const width of [1440, 1280]) {
      await page.setViewportSize({ width, height: width === 1440 ? 900 : 800 })
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      const { height = 0 } = (await shown.boundingBox()) ?? {}
      expect(height).toBeLessThan(50)
    }
    expect(await seriousFindings(page)).toEqual([])
    await shown.getByRole('button', { name: off }).click()
    await expect(shown).toBeHidden()
    const weaknesses = await (await lab.call('GET', '/weaknesses')).json()
    expect(weaknesses.map(({ isOn }: { isOn: boolean }) => isOn)).toEqual([false, false])
  })
}

test('the Settings screen says what each opens and switches it; Assessment reports it as what does not hold', async ({ page, lab }) => {
  await page.goto(lab.ready.workbench)
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  const section = page.getByRole('region', { name: 'Weaknesses of the target' })
  await expect(section).toContainText('only towards the portal’s own API')
  await section.getByRole('switch', { name: 'Stored XSS in the portal' }).press('Space')
  await expect(page.getByText('The target is weak on purpose. On: Stored XSS in the portal.')).toBeVisible()
  await expect(section.getByRole('switch', { name: 'Stored XSS in the portal' })).toBeChecked()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Assess', exact: true }).click()
  await expect(
    page.getByText('The weakness stored-xss is on: a memo is put into the portal’s page as HTML, script included.'),
  ).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the portal’s page itself says which are on, in both languages, ${colorScheme}, without a finding of axe`, async ({
    browser,
    lab,
  }) => {
    await switchOn(lab, 'stored-xss', 'token-in-web-storage')
    const page = await (await browser.newContext({ colorScheme, viewport: { width: 400, height: 800 } })).newPage()
    await page.goto(portalOf(lab))
    const note = page.getByRole('complementary')
    await expect(note).toContainText('Weak on purpose')
    await expect(note.getByText('故意存在的弱点')).toBeHidden()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    await page.getByRole('button', { name: '中文' }).click()
    await expect(note.getByText('故意存在的弱点')).toBeVisible()
    await expect(note.getByText('Weak on purpose')).toBeHidden()
    await expect(page.getByLabel('localStorage 中的令牌')).toBeVisible()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
    expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  })
}
