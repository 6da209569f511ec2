import { expect, test } from '../support/electron-app.ts'

test("in a client's own window the memo's script sends the token by itself; the lesson notices it, and goes on with what was taken", async ({
  desktop: { app, page },
}) => {
  const call = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([verb, at, sent]) => {
        const bearer = /[\w-]{43}/.exec(Object.values({ ...sessionStorage }).join(' '))?.[0]
        const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
        return (await fetch(`/lab/api${at}`, { method: verb as string, headers, body: sent ? JSON.stringify(sent) : null })).json()
      },
      [method, path, body] as const,
    )
  const actions = async (): Promise<{ state: string; by: string | null }[]> => (await call('GET', '/lesson-run')).steps[1].actions
  await call('POST', '/lessons/where-to-keep-a-token/start', { step: 'injected-script' })
  // Both weaknesses, Mallory's login and her transfer.
  for (let done = 0; done < 4; done++) await call('POST', '/lesson-run/actions')
  const [portal] = await Promise.all([app.waitForEvent('window'), page.evaluate(() => window.desktop?.openClientWindow?.('script'))])
  await portal.waitForURL(/^http:\/\/app\.localhost:\d+\//)
  await expect(portal.locator('#who')).toHaveText('You are not logged in.')
  await portal.getByLabel('User name').fill('alice')
  await portal.getByLabel('Password').fill('alice-pass')
  await portal.getByLabel('a token in localStorage').check()
  await portal.getByRole('button', { name: 'Log in' }).click()
  // The page shows the memo, and its script sends the transfer: nobody clicks anything for either.
  await expect.poll(async () => (await actions())[5]).toMatchObject({ state: 'done', by: 'participant' })
  expect((await actions())[4]).toMatchObject({ state: 'done', by: 'participant' })
  for (let done = 6; done < 10; done++) await call('POST', '/lesson-run/actions')
  expect((await call('GET', '/lesson-run')).steps[1]).toMatchObject({ state: 'done' })
})
