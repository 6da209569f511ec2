import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import type { LabProcess } from '../../../scripts/lab-process.ts'
import { expect, test } from '../support/fixtures.ts'

/** A page of somebody else, on every name under localhost at one port. It serves whatever body it is given. */
async function startForeignSite(): Promise<{ port: number; close(): Promise<void>; server: Server }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Referrer-Policy': 'no-referrer' })
    response.end(
      '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A page of somebody else</title><main>Nothing to see.</main>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { server, port: (server.address() as AddressInfo).port, close }
}

const portalOf = (lab: LabProcess): string => lab.ready.balancer.replace('127.0.0.1', 'app.localhost')

/** Logs in on the portal page, by hand. */
async function logIn(page: Page, lab: LabProcess, mechanism: 'session' | 'token'): Promise<void> {
  await page.goto(portalOf(lab))
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill('alice-pass')
  await page.getByLabel(mechanism === 'session' ? 'a session cookie' : 'a token in a cookie').check()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.locator('#who')).toContainText('logged in as alice')
}

/** A form of the page that stands, sent as a click would send it. */
async function submitForm(page: Page, action: string, enctype: string, fields: Record<string, string>): Promise<void> {
  const navigated = page.waitForNavigation()
  await page.evaluate(
    ([url, type, values]) => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action: url, enctype: type })
      for (const [name, value] of Object.entries(values as Record<string, string>)) {
        const input = document.createElement('input')
        Object.assign(input, { type: 'hidden', name, value })
        form.append(input)
      }
      document.body.append(form)
      form.submit()
    },
    [action, enctype, fields] as const,
  )
  await navigated
}

interface Seen {
  method: string
  path: string
  status: number
  verdict: string
  request: { headers: [string, string][] }
}
const lastExchange = async (lab: LabProcess, path: string): Promise<Seen> =>
  (await (await lab.call('GET', `/exchanges?q=${encodeURIComponent(path)}&limit=1`)).json())[0]
const sentCookies = ({ request }: Seen): string => request.headers.find(([name]) => name.toLowerCase() === 'cookie')?.[1] ?? ''

/** Everything of the portal that changes something and that a form can reach, with what a form would have to send. */
const FORMS: readonly [path: string, enctype: string, fields: Record<string, string>][] = [
  ['/transfer', 'application/x-www-form-urlencoded', { to: 'mallory', amountCents: '100' }],
  // RFC 8259 text by way of text/plain: name and value are joined by "=".
  ['/transfer', 'text/plain', { '{"to":"mallory","amountCents":100,"x":"': '"}' }],
  ['/password', 'text/plain', { '{"currentPassword":"alice-pass","newPassword":"taken over","x":"': '"}' }],
  ['/token', 'application/x-www-form-urlencoded', { grant_type: 'refresh_token', transport: 'cookie' }],
  [
    '/token',
    'application/x-www-form-urlencoded',
    { grant_type: 'password', transport: 'cookie', username: 'mallory', password: 'mallory-pass' },
  ],
  ['/token/revoke', 'application/x-www-form-urlencoded', { transport: 'cookie' }],
  ['/session', 'text/plain', { '{"username":"mallory","password":"mallory-pass","x":"': '"}' }],
]

for (const mechanism of ['session', 'token'] as const) {
  test(`a form on another site does nothing in the name of who is logged in by ${mechanism}, and neither does one on a name beside it, to which the cookie goes along`, async ({
    page,
    lab,
  }) => {
    const site = await startForeignSite()
    await logIn(page, lab, mechanism)
    // evil.localhost is another site; evil.app.localhost is the same site and another origin: SameSite does not stop it.
    for (const [name, hasCookie] of [
      ['evil.localhost', false],
      ['evil.app.localhost', true],
    ] as const) {
      for (const [path, enctype, fields] of FORMS) {
        await page.goto(`http://${name}:${site.port}/`)
        await submitForm(page, `${portalOf(lab)}${path}`, enctype, fields)
        const seen = await lastExchange(lab, path)
        expect(seen, `${name} ${path}`).toMatchObject({ method: 'POST', path })
        expect(seen.verdict, `${name} ${path} ${enctype}`).toMatch(/^(csrf-blocked|no-credential|not-auth)$/)
        expect(sentCookies(seen).match(/sid=|access_token=/) !== null, `${name} ${path}: cookie`).toBe(hasCookie)
        if (hasCookie && path !== '/session') expect(seen.verdict, path).toBe('csrf-blocked')
      }
      // What a form cannot send, a script can try: without an answer to the preflight it is not sent.
      await page.goto(`http://${name}:${site.port}/`)
      const outcome = await page.evaluate(
        (url) =>
          fetch(`${url}/session`, { method: 'DELETE', credentials: 'include' }).then(
            () => 'answered',
            () => 'refused',
          ),
        portalOf(lab),
      )
      expect(outcome).toBe('refused')
    }
    await page.goto(portalOf(lab))
    await expect(page.locator('#who')).toContainText('logged in as alice')
    await site.close()
  })
}

test('Chromium takes __Host-access_token and __Secure-refresh_token over http from a loopback name, and the portal works with them', async ({
  page,
  lab,
}) => {
  await lab.call('PATCH', '/cluster', { cookiePrefix: true })
  await logIn(page, lab, 'token')
  const held = await page.context().cookies([`${portalOf(lab)}/token`])
  const byName = new Map(held.map((cookie) => [cookie.name, cookie]))
  expect(byName.get('__Host-access_token')).toMatchObject({ path: '/', secure: true, httpOnly: true, sameSite: 'Lax' })
  expect(byName.get('__Secure-refresh_token')).toMatchObject({ path: '/token', secure: true, httpOnly: true, sameSite: 'Strict' })
  await page.reload()
  await expect(page.locator('#who')).toContainText('logged in as alice')
  await page.locator('#logout').click()
  await expect(page.locator('#who')).toContainText('not logged in')
})

test('Chromium ignores a cookie of more than 4096 octets, as the clients of the lab do (RFC 6265bis §5.6): the login is answered 200 and nobody is logged in', async ({
  page,
  lab,
}) => {
  const loginWith = async (extraClaims: number): Promise<{ octets: number; isStored: boolean }> => {
    await lab.call('PATCH', '/cluster', { extraClaims })
    await page.context().clearCookies()
    await logIn(page, lab, 'token')
    const [login] = await (await lab.call('GET', '/exchanges?q=/token&limit=1')).json()
    const headers: [string, string][] = login.response.headers
    const line = headers.find(([name, value]) => name.toLowerCase() === 'set-cookie' && value.startsWith('access_token='))?.[1] ?? ''
    expect(login.status).toBe(200)
    const cookies = await page.context().cookies([`${portalOf(lab)}/`])
    return { octets: (line.split(';')[0]?.length ?? 0) - 1, isStored: cookies.some(({ name }) => name === 'access_token') }
  }
  const small = await loginWith(10)
  expect([small.octets <= 4096, small.isStored]).toEqual([true, true])
  const large = await loginWith(40)
  expect([large.octets > 4096, large.isStored]).toEqual([true, false])
  await page.reload()
  await expect(page.locator('#who')).toContainText('not logged in')
})
