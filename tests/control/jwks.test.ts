import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab(['--nodes', '3'])
})
afterAll(() => lab.close())
beforeEach(async () => {
  await lab.call('POST', '/lab/reset')
  await lab.call('POST', '/keys/rotate', { algorithm: 'ES256' })
})

const jwks = (headers: Record<string, string> = {}): Promise<Answer> => send(`${lab.lab.balancerUrl}/.well-known/jwks.json`, { headers })
const directives = ({ headers }: Answer): string => String(headers['cache-control'])
const nodes = async () => (await lab.call('GET', '/nodes')).json

describe('the answer of the JWK Set', () => {
  /** RFC 9111 §5.2.2.1: "The max-age response directive indicates that the response is to be considered stale after its age is greater than the specified number of seconds." */
  test('is fresh for a minute, and may be used for five more while the issuer fails (RFC 5861 §4)', async () => {
    expect(directives(await jwks())).toBe('public, max-age=60, stale-if-error=300')
  })

  test('is fresh no longer than until the next key is planned', async () => {
    await lab.call('POST', '/clock/pause')
    await lab.call('PATCH', '/keys', { rotateEverySeconds: 100 })
    expect(directives(await jwks())).toContain('max-age=60,')
    const { offsetMs } = (await lab.call('GET', '/clock')).json
    await lab.call('PUT', '/clock', { offsetMs: Math.round(offsetMs) + 70_000 })
    const seconds = Number(/max-age=(\d+)/.exec(directives(await jwks()))?.[1])
    expect(seconds).toBeGreaterThan(20)
    expect(seconds).toBeLessThanOrEqual(30)
  })

  /** RFC 9110 §13.1.2: "If-None-Match ... 304 (Not Modified) status code if the request method is GET or HEAD". §15.4.5: Cache-Control and ETag are sent with it. */
  test('is 304 without a body for who has it already, from whichever node, and whole again after a rotation', async () => {
    const etag = String((await jwks()).headers['etag'])
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    const seen = new Set<string>()
    for (let count = 0; count < 3; count++) {
      const again = await jwks({ 'If-None-Match': `"other", W/${etag}` })
      expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag])
      expect(directives(again)).toContain('max-age=')
      seen.add(String(again.headers['x-authlab-node']))
    }
    expect(seen.size).toBe(3)
    await lab.call('POST', '/keys/rotate')
    const after = await jwks({ 'If-None-Match': etag })
    expect(after.status).toBe(200)
    expect(after.headers['etag']).not.toBe(etag)
    expect(after.json.keys).toHaveLength(2)
  })

  /** RFC 9111 §5.2.1.4: "the cache MUST NOT use the response to satisfy the request without successful validation": who asks for that gets the set. */
  test('is whole for who asks for it anew', async () => {
    const etag = String((await jwks()).headers['etag'])
    expect((await jwks({ 'If-None-Match': etag, 'Cache-Control': 'no-cache' })).status).toBe(200)
  })

  /** RFC 7517 §8.5.1: the media type of a JWK Set. */
  test('is of type application/jwk-set+json', async () => {
    expect((await jwks()).headers['content-type']).toContain('application/jwk-set+json')
  })
})

describe('the age of the keys of a node', () => {
  const ages = async (): Promise<(number | null)[]> =>
    (await nodes()).map(({ keysAgeSeconds }: { keysAgeSeconds: number | null }) => keysAgeSeconds)
  const moveOn = async (seconds: number): Promise<void> => {
    const { offsetMs } = (await lab.call('GET', '/clock')).json
    await lab.call('PUT', '/clock', { offsetMs: Math.round(offsetMs) + seconds * 1000 })
  }

  test('is 0 while it is told of every change, grows by the lab clock while it is frozen, and is 0 again when it thaws', async () => {
    await lab.call('POST', '/clock/pause')
    await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: true })
    expect(await ages()).toEqual([0, 0, 0])
    await moveOn(200)
    await lab.call('POST', '/keys/rotate')
    const [first, frozen = 0, third] = await ages()
    expect([first, third]).toEqual([0, 0])
    expect(frozen).toBeGreaterThanOrEqual(199)
    expect(frozen).toBeLessThanOrEqual(201)
    await lab.call('PATCH', '/nodes/node-2', { jwksFrozen: false })
    expect(await ages()).toEqual([0, 0, 0])
  })

  test('is not told of a node that is down', async () => {
    await lab.call('POST', '/nodes/node-3/kill')
    expect(await ages()).toEqual([0, 0, null])
  })
})
