import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TOKEN_ALGORITHMS } from '../../src/contract/token-algorithm.ts'
import { send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
})

type Claims = Record<string, unknown>

const inspect = (token: string, more: object = {}) => lab.call('POST', '/tokens/inspect', { token, ...more })
const forge = (header: Claims, payload: Claims, kid: string) => lab.call('POST', '/tokens/forge', { header, payload, kid })
const issue = async (): Promise<string> => {
  const body = { grant_type: 'password', username: 'bob', password: 'bob-pass' }
  const answer = await send(`${lab.lab.balancerUrl}/token`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  return answer.json.access_token
}
const use = async (token: string, path = '/admin/users'): Promise<[number, string]> => {
  const answer = await send(`${lab.lab.balancerUrl}${path}`, { headers: { Authorization: `Bearer ${token}` } })
  return [answer.status, answer.json.verdict ?? 'allowed']
}
const parts = (token: string): [Claims, Claims, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [JSON.parse(Buffer.from(header, 'base64url').toString()), JSON.parse(Buffer.from(payload, 'base64url').toString()), signature]
}
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('inspect', () => {
  test('takes a token of this lab apart: claims, dates in milliseconds, and the key that its signature verifies with', async () => {
    const token = await issue()
    const [header, payload] = parts(token)
    const { status, json } = await inspect(token)
    expect(status).toBe(200)
    expect(json).toMatchObject({ form: 'jws', header, payload, flaw: null, signature: { state: 'valid', kid: header['kid'] } })
    expect(json.dates).toEqual({ iat: Number(payload['iat']) * 1000, nbf: null, exp: Number(payload['exp']) * 1000 })
    expect(json.findings.map(({ code }: { code: string }) => code)).toContain('symmetric-key')
  })

  test.each(TOKEN_ALGORITHMS)('%s: a signature is told valid, and invalid when one claim was changed', async (algorithm) => {
    await lab.call('PATCH', '/keys', { algorithm })
    const token = await issue()
    expect((await inspect(token)).json.signature.state).toBe('valid')
    const [header, payload, signature] = parts(token)
    const changed = `${part(header)}.${part({ ...payload, role: 'admin' })}.${signature}`
    expect((await inspect(changed)).json.signature.state).toBe('invalid')
  })

  test('a token that is not of here still decodes: an algorithm that is not supported, a strange key, a JWE, broken JSON', async () => {
    const eddsa = `${part({ alg: 'EdDSA', kid: 'k' })}.${part({ sub: 'carol' })}.c2ln`
    expect((await inspect(eddsa)).json).toMatchObject({ payload: { sub: 'carol' }, signature: { state: 'unsupported-algorithm' } })
    const strange = `${part({ alg: 'RS256', kid: 'theirs' })}.${part({ sub: 'carol' })}.c2ln`
    expect((await inspect(strange)).json).toMatchObject({ payload: { sub: 'carol' }, signature: { state: 'unknown-key', kid: null } })
    const jwe = `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.BBBB.CCCC`
    expect((await inspect(jwe)).json).toMatchObject({ form: 'jwe', payload: null, signature: { state: 'encrypted' } })
    const broken = `${part({ alg: 'HS256' })}.bm90IGpzb24.c2ln`
    expect((await inspect(broken)).json).toMatchObject({ flaw: 'not-utf8-json', flawedPart: 'payload', payload: null })
    expect((await inspect('')).json).toMatchObject({ form: 'neither', flaw: 'not-three-parts', signature: { state: 'unreadable' } })
  })

  test('a key that was retired is told from one that never was', async () => {
    const token = await issue()
    await lab.call('POST', '/keys/rotate', { emergency: true })
    expect((await inspect(token)).json.signature).toEqual({ state: 'retired-key', kid: parts(token)[0]['kid'] })
  })

  test('it leaves no trace: no row in the traffic, no exchange, and no word of the token in any file', async () => {
    const secret = `inspected-${'x'.repeat(8)}-${Date.now()}`
    const before = (await lab.call('GET', '/lab')).json
    await inspect(`${part({ alg: 'HS256' })}.${part({ sub: secret })}.c2ln`)
    const after = (await lab.call('GET', '/lab')).json
    expect([after.actions, after.exchanges]).toEqual([before.actions, before.exchanges])
    const files = readdirSync(lab.lab.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['lab.db', 'target.db']))
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes(secret)).toBe(false)
  })

  test('whatever is pasted is 200 with the whole shape, never a 500', async () => {
    const json = fc.jsonValue().map(part)
    const compact = fc.tuple(json, json, fc.oneof(fc.string(), fc.base64String())).map((three) => three.join('.'))
    const named = fc
      .record({ alg: fc.oneof(fc.constantFrom(...TOKEN_ALGORITHMS, 'none'), fc.jsonValue()), kid: fc.jsonValue(), crit: fc.jsonValue() })
      .chain((header) => fc.tuple(fc.constant(part(header)), json, fc.base64String()).map((three) => three.join('.')))
    const kid = (await lab.call('GET', '/keys')).json.keys[0].kid
    const own = fc
      .tuple(fc.jsonValue(), fc.uint8Array({ maxLength: 70 }))
      .map(([payload, bytes]) => `${part({ alg: 'HS256', kid })}.${part(payload)}.${Buffer.from(bytes).toString('base64url')}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), compact, named, own), async (token) => {
        const { status, json } = await inspect(token, { cookieName: 'access_token' })
        expect(status).toBe(200)
        expect(['jws', 'jwe', 'neither']).toContain(json.form)
        expect(json.signature.state).not.toBe('valid')
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    [{ token: 'x'.repeat(65_537) }, 'token'],
    [{}, 'token'],
    [{ token: 'a.b.c', send: true }, 'send'],
  ])('%o is refused with the field', async (body, field) => {
    const answer = await lab.call('POST', '/tokens/inspect', body)
    expect([answer.status, answer.text.includes(field)]).toEqual([400, true])
  })
})

describe('forge', () => {
  test.each(TOKEN_ALGORITHMS)(
    '%s: a changed payload is refused with the old signature and accepted with the leaked key',
    async (algorithm) => {
      await lab.call('PATCH', '/keys', { algorithm })
      const token = await issue()
      const [header, payload, signature] = parts(token)
      const claims = { ...payload, role: 'admin' }
      expect(await use(token)).toEqual([403, 'insufficient-role'])
      expect(await use(`${part(header)}.${part(claims)}.${signature}`)).toEqual([401, 'bad-signature'])
      const forged = (await forge(header, claims, String(header['kid']))).json.token
      expect(parts(forged).slice(0, 2)).toEqual([header, claims])
      expect(await use(forged)).toEqual([200, 'allowed'])
      expect((await inspect(forged)).json.signature.state).toBe('valid')
    },
  )

  test('it signs also what the target must refuse: no exp, another audience, another type, another algorithm in the header', async () => {
    const [header, payload] = parts(await issue())
    const kid = String(header['kid'])
    const forged = async (change: { header?: Claims; payload?: Claims }) =>
      (await forge({ ...header, ...change.header }, { ...payload, ...change.payload }, kid)).json.token
    const { exp: _, ...forever } = payload
    expect(await use((await forge(header, forever, kid)).json.token)).toEqual([401, 'malformed-token'])
    expect(await use(await forged({ payload: { aud: 'other' } }))).toEqual([401, 'wrong-audience'])
    expect(await use(await forged({ header: { typ: 'JWT' } }))).toEqual([401, 'wrong-token-type'])
    expect(await use(await forged({ header: { alg: 'RS256' } }))).toEqual([401, 'unsupported-algorithm'])
  })

  test('it is a row in the traffic with the key and whom it is for, and the answer holds no secret', async () => {
    const [header, payload] = parts(await issue())
    const answer = await forge(header, payload, String(header['kid']))
    expect(Object.keys(answer.json)).toEqual(['token'])
    const { actions } = (await lab.call('GET', '/lab')).json
    expect(actions.at(-1)).toMatchObject({ action: 'token-forged', params: { kid: header['kid'], alg: 'HS256', account: 'bob' } })
    expect(JSON.stringify(actions)).not.toContain(answer.json.token)
  })

  test('there is nothing to sign with when the key is unknown or retired', async () => {
    const [header, payload] = parts(await issue())
    expect((await forge(header, payload, 'nobody')).status).toBe(404)
    await lab.call('POST', '/keys/rotate', { emergency: true })
    expect((await forge(header, payload, String(header['kid']))).status).toBe(404)
  })

  test('what is nested without limit is refused in words', async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
    const { kid } = (await lab.call('GET', '/keys')).json.keys[0]
    const answer = await forge({ alg: 'HS256' }, { deep: deep(40) }, kid)
    expect([answer.status, answer.text.includes('nested')]).toEqual([400, true])
  })

  test('without the token of the control plane nothing is signed', async () => {
    const url = `${lab.lab.apiUrl}/tokens/forge`
    const { status } = await send(url, {
      method: 'POST',
      body: { header: {}, payload: {}, kid: 'x' },
      headers: { 'Content-Type': 'application/json' },
    })
    expect(status).toBe(401)
  })
})
