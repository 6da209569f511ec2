import { expect, test } from 'vitest'
import { newFolder, send, startTestLab, type TestLab } from '../support/start-lab.ts'

const clientOf = async ({ call }: TestLab): Promise<{ id: string; secret: string }> => (await call('GET', '/oauth-clients')).json[0]
const introspect = (lab: TestLab, { id, secret }: { id: string; secret: string }, token: string) =>
  send(`${lab.lab.balancerUrl}/token/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token }).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    },
  })
const logIn = async (lab: TestLab): Promise<string> => {
  const body = { grant_type: 'password', username: 'alice', password: 'alice-pass' }
  const headers = { 'Content-Type': 'application/json' }
  return (await send(`${lab.lab.balancerUrl}/token`, { method: 'POST', body, headers })).json.access_token
}

test('the operator sees the confidential client with a secret of 256 bits, which introspects on every node; a restart keeps it, a reset renews it', async () => {
  const folder = newFolder()
  const lab = await startTestLab([], folder)
  const client = await clientOf(lab)
  expect(client).toMatchObject({ id: 'resource-server', secret: expect.stringMatching(/^[\w-]{43}$/) })
  const token = await logIn(lab)
  const answers = await Promise.all([introspect(lab, client, token), introspect(lab, client, token)])
  expect(answers.map(({ json }) => json)).toMatchObject([{ active: true }, { active: true }])
  expect(new Set(answers.map(({ headers }) => headers['x-authlab-node'])).size).toBe(2)
  await lab.close()

  const again = await startTestLab([], folder)
  expect(await clientOf(again)).toEqual(client)
  await again.call('POST', '/lab/reset')
  const renewed = await clientOf(again)
  expect(renewed.secret).not.toBe(client.secret)
  const fresh = await logIn(again)
  expect((await introspect(again, client, fresh)).status).toBe(401)
  expect((await introspect(again, renewed, fresh)).json).toMatchObject({ active: true })
  await again.close()
})

test('the secret goes to nobody without the token of the control port, and is hidden in exported traffic', async () => {
  const lab = await startTestLab()
  expect((await send(`${lab.lab.apiUrl}/oauth-clients`)).status).toBe(401)
  const client = await clientOf(lab)
  await introspect(lab, client, await logIn(lab))
  const har = (await lab.call('GET', '/exchanges.har')).text
  expect(har).toContain('/token/introspect')
  expect(har).not.toContain(Buffer.from(`resource-server:${client.secret}`).toString('base64').slice(30))
  await lab.close()
})
