import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { AllowedHosts } from '../../../src/server/allowed-hosts.ts'
import { generateKey } from '../../../src/server/new-key.ts'
import { createKeyring } from '../../../src/server/target/tokens/keyring.ts'
import { RemoteKeys } from '../../../src/server/target/tokens/remote-keys.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'
import { bearer, getToken, startTarget, type Target } from '../support.ts'

let server: Server
let url: string
let answer: (response: ServerResponse) => void
let fetches: number
let now: number

beforeEach(async () => {
  fetches = 0
  now = 1000
  server = createServer((_request, response) => {
    fetches++
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks?tenant=1`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const source = async (alg: 'ES256' | 'RS256' | 'PS256' = 'ES256'): Promise<TokenKeySource> => ({
  ...(await generateKey(alg)),
  isSigning: true,
})
const publish = (keys: readonly unknown[], headers: Record<string, string> = { 'Cache-Control': 'max-age=60' }): void => {
  answer = (response) => response.writeHead(200, headers).end(JSON.stringify({ keys }))
}
const publicOf = (...sources: TokenKeySource[]) => createKeyring(sources).publicKeys()
const openKeys = async (): Promise<RemoteKeys> => {
  const keys = await RemoteKeys.open({ url, allowedHosts: new AllowedHosts(), nowMs: () => now })
  onTestFinished(() => keys.close())
  return keys
}

describe('a JWK Set that is fetched', () => {
  test('is used as long as it is fresh, and fetched again after that; its age can be told', async () => {
    const key = await source()
    publish(publicOf(key))
    const keys = await openKeys()
    now += 59_999
    expect(keys.refresh(key.kid)).toBeNull()
    expect([fetches, keys.ageSeconds()]).toEqual([1, 59])
    now += 1
    await keys.refresh(key.kid)
    expect([fetches, keys.ageSeconds()]).toEqual([2, 0])
  })

  test.each([
    [{ 'Cache-Control': 'public, max-age=600' }, 599_000, false],
    [{ 'Cache-Control': 'public, max-age=600' }, 600_000, true],
    [{ 'Cache-Control': 'max-age=600', Age: '500' }, 100_000, true],
    [{}, 299_000, false],
    [{}, 300_000, true],
    [{ 'Cache-Control': 'no-store' }, 5000, true],
    [{ 'Cache-Control': 'max-age=99999999' }, 24 * 3_600_000, true],
  ])('with %j is after %i ms stale: %s', async (headers, passed, isStale) => {
    const key = await source()
    publish(publicOf(key), headers)
    const keys = await openKeys()
    now += passed
    await keys.refresh(key.kid)
    expect(fetches).toBe(isStale ? 2 : 1)
  })

  test.each([
    [{ 'Cache-Control': 'max-age=60' }, 60 + 300],
    [{ 'Cache-Control': 'max-age=60, stale-if-error=10' }, 60 + 10],
    [{ 'Cache-Control': 'max-age=60, stale-if-error=99999999' }, 60 + 3600],
    [{ 'Cache-Control': 'max-age=60, must-revalidate, stale-if-error=10' }, 60],
    [{ 'Cache-Control': 'no-store' }, 5],
  ])(
    'with %j knows no key any more %i s after it was fetched while its issuer fails, and knows them again with it',
    async (headers, seconds) => {
      const key = await source()
      publish(publicOf(key), headers)
      const keys = await openKeys()
      const works = answer
      answer = (response) => response.destroy()
      now += seconds * 1000 - 1
      await keys.refresh(key.kid)
      expect([keys.find(key.kid)?.kid, keys.kids, keys.publicKeys().length]).toEqual([key.kid, [key.kid], 1])
      now += 1
      expect([keys.find(key.kid), keys.kids, keys.publicKeys()]).toEqual([null, [], []])
      now += 5000
      answer = works
      await keys.refresh(key.kid)
      expect(keys.find(key.kid)?.kid).toBe(key.kid)
    },
  )

  test('that has not changed is fresh again by a 304, with its keys, and its age begins anew', async () => {
    const key = await source()
    publish(publicOf(key), { 'Cache-Control': 'max-age=60', ETag: '"one"' })
    const keys = await openKeys()
    const asked: (string | undefined)[] = []
    answer = (response) => {
      asked.push(String(response.req.headers['if-none-match']))
      response.writeHead(304).end()
    }
    now += 60_000
    await keys.refresh(key.kid)
    expect([asked, keys.kids, keys.ageSeconds()]).toEqual([['"one"'], [key.kid], 0])
    now += 59_999
    expect(keys.refresh(key.kid)).toBeNull()
  })

  test('that was never given is not fresh by a 304', async () => {
    answer = (response) => response.writeHead(304).end()
    await expect(openKeys()).rejects.toMatchObject({ code: 'jwks-unreachable' })
  })

  test('is fetched again for a key that it does not hold, but not again within five seconds', async () => {
    const [first, second] = [await source(), await source()]
    publish(publicOf(first))
    const keys = await openKeys()
    publish(publicOf(second, first))
    now += 4999
    expect(keys.refresh(second.kid)).toBeNull()
    expect(keys.find(second.kid)).toBeNull()
    now += 1
    await Promise.all([keys.refresh(second.kid), keys.refresh('made-up'), keys.refresh('made up too')])
    expect(keys.find(second.kid)).toMatchObject({ kid: second.kid, alg: 'ES256' })
    for (let count = 0; count < 100; count++) expect(keys.refresh(`made-up-${count}`)).toBeNull()
    expect(fetches).toBe(2)
  })

  test('does without the keys that are gone from it', async () => {
    const [first, second] = [await source(), await source('RS256')]
    publish(publicOf(first))
    const keys = await openKeys()
    publish(publicOf(second))
    now += 60_000
    await keys.refresh(first.kid)
    expect([keys.find(first.kid), keys.kids]).toEqual([null, [second.kid]])
  })

  test.each([
    ['500', (response: ServerResponse) => response.writeHead(500).end('{"keys":[]}')],
    ['a redirect', (response: ServerResponse) => response.writeHead(302, { Location: '/elsewhere' }).end()],
    ['no JSON', (response: ServerResponse) => response.end('<html>')],
    ['no set', (response: ServerResponse) => response.end('{"keys":{}}')],
    ['too much', (response: ServerResponse) => response.end(`{"keys":[],"x":"${'x'.repeat(300_000)}"}`)],
    ['a cut connection', (response: ServerResponse) => response.destroy()],
  ])('stays in use when the next answer is %s, and nobody waits for one after that', async (_name, bad) => {
    const key = await source()
    publish(publicOf(key))
    const keys = await openKeys()
    answer = bad
    now += 60_000
    await keys.refresh(key.kid)
    expect(fetches).toBe(2)
    expect(keys.find(key.kid)).not.toBeNull()
    expect(keys.ageSeconds()).toBe(60)
    now += 5000
    publish([])
    expect(keys.refresh(key.kid)).toBeNull()
    await expect.poll(() => keys.kids).toEqual([])
  })

  /** RFC 7517 §5: "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values that are not understood by them, that are missing required members, or for which values are out of the supported ranges." */
  test('may hold keys that are of no use: they are ignored, symmetric ones and private halves among them', async () => {
    const good = await source('PS256')
    const [jwk] = publicOf(good)
    const symmetric = await generateKey('HS256')
    publish([
      { ...symmetric.jwk, kid: symmetric.kid, alg: 'HS256' },
      { ...jwk, kid: 'a', alg: undefined },
      { ...jwk, kid: 'b', alg: 'ES256' },
      { ...jwk, kid: 'c', alg: 'HS256' },
      { ...jwk, kid: 'd', use: 'enc' },
      { ...jwk, kid: 'e', n: 'AQAB' },
      { ...jwk, kid: undefined },
      { kty: 'OKP', crv: 'Ed25519', x: 'AA', kid: 'f', alg: 'EdDSA' },
      null,
      'key',
      { ...good.jwk, kid: good.kid, alg: 'PS256' },
    ])
    const keys = await openKeys()
    expect(keys.kids).toEqual([good.kid])
    expect(keys.publicKeys()).toEqual([jwk])
  })

  test('must be there at the start, on a host that may be talked to', async () => {
    answer = (response) => response.writeHead(404).end()
    await expect(openKeys()).rejects.toMatchObject({ code: 'jwks-unreachable' })
    const options = { url: 'http://192.0.2.1/jwks', allowedHosts: new AllowedHosts(), nowMs: () => now }
    await expect(RemoteKeys.open(options)).rejects.toMatchObject({ code: 'host-not-allowed' })
  })
})

describe('an app that verifies by it', () => {
  const start = async (changed: Parameters<typeof startTarget>[0]): Promise<Target> => {
    const target = await startTarget(changed)
    onTestFinished(() => target.close())
    return target
  }
  const verdictOf = async (target: Target, token: string) => (await target.send('GET', '/me', { headers: bearer(token) })).trace

  test('accepts tokens of the issuer, looks for a new key by itself, and refuses one that it cannot find', async () => {
    const [first, second] = [await source(), await source('RS256')]
    const issuer = await start({ keys: { cookieSecrets: ['issuer'], tokenKeys: [first] } })
    publish(publicOf(first))
    const app = await start({ keyring: await openKeys() })
    expect((await verdictOf(app, await getToken(issuer))).verdict).toBe('allowed')

    issuer.target.setKeys({ cookieSecrets: ['issuer'], tokenKeys: [second, { ...first, isSigning: false }] })
    const token = await getToken(issuer)
    now += 3000
    const early = await verdictOf(app, token)
    expect(early.verdict).toBe('unknown-key')
    expect(early.steps.find(({ kind }) => kind === 'token-key')).toMatchObject({ evidence: { kid: second.kid, jwksAgeSeconds: 3 } })
    publish(publicOf(second, first))
    now += 2000
    expect((await verdictOf(app, token)).verdict).toBe('allowed')
    expect(fetches).toBe(2)
  })

  test('refuses the tokens of a key that it knew when nobody has confirmed it for too long', async () => {
    const key = await source()
    const issuer = await start({ keys: { cookieSecrets: ['issuer'], tokenKeys: [key] } })
    publish(publicOf(key))
    const app = await start({ keyring: await openKeys() })
    const token = await getToken(issuer)
    answer = (response) => response.destroy()
    now += 359_999
    expect((await verdictOf(app, token)).verdict).toBe('allowed')
    now += 1
    expect((await verdictOf(app, token)).verdict).toBe('unknown-key')
  })

  test('issues none: it has no private key', async () => {
    publish(publicOf(await source()))
    const app = await start({ keyring: await openKeys() })
    const json = { grant_type: 'password', username: 'alice', password: 'alice-pass' }
    expect(await app.send('POST', '/token', { json })).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
  })

  test('asks nobody for a text that is no token', async () => {
    publish(publicOf(await source()))
    const app = await start({ keyring: await openKeys() })
    now += 5000
    for (const text of ['x', '.', 'a.b', 'e30.e30.', `${'a'.repeat(5000)}.b.c`]) await verdictOf(app, text)
    expect(fetches).toBe(1)
  })
})
