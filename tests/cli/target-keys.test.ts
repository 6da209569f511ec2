import { expect, onTestFinished, test } from 'vitest'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'
import { runTarget } from '../support/target-process.ts'

const startLab = async (): Promise<TestLab> => {
  const lab = await startTestLab(['--nodes', '1'])
  onTestFinished(() => lab.close())
  return lab
}
const runBy = (jwksUrl: string) => {
  const target = runTarget('--jwks-url', jwksUrl)
  onTestFinished(() => target.kill())
  return target
}
const issue = (url: string) =>
  send(`${url}/token`, {
    method: 'POST',
    body: { grant_type: 'password', username: 'alice', password: 'alice-pass' },
    headers: { 'Content-Type': 'application/json' },
  })
const verdictAt = async (url: string, token: string): Promise<string> =>
  (await send(`${url}/me`, { headers: { Authorization: `Bearer ${token}` } })).json.verdict ?? 'allowed'

test('a process that knows no secret verifies the tokens of the lab by its JWK Set, also when the lab is gone', async () => {
  const lab = await startLab()
  const { json: rotation } = await lab.call('PATCH', '/keys', { algorithm: 'ES256' })
  const { url } = await runBy(`${lab.lab.balancerUrl}/.well-known/jwks.json`).ready
  const token = (await issue(lab.lab.balancerUrl)).json.access_token
  expect(await verdictAt(url, token)).toBe('allowed')
  expect((await send(`${url}/.well-known/jwks.json`)).json.keys).toMatchObject([{ kty: 'EC', kid: rotation.keys[0].kid }])
  expect((await issue(url)).json).toMatchObject({ error: 'unsupported_grant_type' })
  await lab.close()
  expect(await verdictAt(url, token)).toBe('allowed')
})

test('a token with a MAC is unknown-key there: a symmetric key is in no JWK Set', async () => {
  const lab = await startLab()
  const { url } = await runBy(`${lab.lab.balancerUrl}/.well-known/jwks.json`).ready
  expect(await verdictAt(url, (await issue(lab.lab.balancerUrl)).json.access_token)).toBe('unknown-key')
})

test('without a JWK Set at its address it does not start, and says what to do', async () => {
  const lab = await startLab()
  const { code, stderr } = await runBy(`${lab.lab.balancerUrl}/nothing-here`).ended
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/^.*No JWK Set can be had at http:.*--jwks-url\.\n$/)
  expect((await runBy('http://192.0.2.1/jwks').ended).stderr).toContain('--allow-host 192.0.2.1')
})
