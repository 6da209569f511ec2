import { describe, expect, test } from 'vitest'
import { type BalancerFixture, balancerOver, sendRaw } from './fixture.ts'

interface Seen {
  host: string | undefined
  url: string | undefined
}

/** A balancer in front of one server that tells what it was asked for. */
const listening = async (): Promise<BalancerFixture & { seen: Seen[]; ask(head: string): Promise<string> }> => {
  const seen: Seen[] = []
  const fixture = await balancerOver([
    (request, response) => {
      seen.push({ host: request.headers.host, url: request.url })
      response.end('reached')
    },
  ])
  const { port } = fixture.balancer
  const ask = (head: string): Promise<string> => sendRaw(port, `${head.replaceAll('PORT', String(port))}\r\nConnection: close\r\n\r\n`)
  return { ...fixture, seen, ask }
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const idOf = (answer: string): string => /X-AuthLab-Exchange: (\S+)/.exec(answer)?.[1] ?? ''

describe('a name that was rebound to this machine', () => {
  test.each([
    ['a name of the DNS', 'evil.example:PORT'],
    ['a name that only ends like ours', 'evillocalhost:PORT'],
    ['a name that only begins like ours', '127.0.0.1.nip.example:PORT'],
    ['our name under another', 'localhost.evil.example:PORT'],
    ['our address at another port', '127.0.0.1:1'],
    ['our address without a port, which stands for 80', '127.0.0.1'],
    ['no name', ''],
  ])('is refused with 421 and recorded as not-auth (RFC 9110 §15.5.20): %s', async (_what, host) => {
    const { ask, seen, recorder } = await listening()
    const answer = await ask(`GET /me HTTP/1.1\r\nHost: ${host}`)
    expect(statusOf(answer)).toBe(421)
    expect(answer).toContain('application/problem+json')
    expect(seen).toEqual([])
    expect(await recorder.get(idOf(answer))).toMatchObject({ status: 421, verdict: 'not-auth', node: null, path: '/me' })
  })

  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LocalHost:PORT', 'app.localhost:PORT', 'a.b.localhost:PORT', '[::1]:PORT'])(
    'is none of ours: %s is answered and forwarded as it is',
    async (host) => {
      const { ask, seen, balancer } = await listening()
      expect(statusOf(await ask(`GET / HTTP/1.1\r\nHost: ${host}`))).toBe(200)
      expect(seen).toEqual([{ host: host.replace('PORT', String(balancer.port)), url: '/' }])
    },
  )

  test.each(['a b:PORT', 'user@127.0.0.1:PORT', '127.0.0.1:PORT/', '127.0.0.1:x', '127.0.0.1:PORT, evil.example'])(
    'a Host that is no host is refused with 400 (RFC 9112 §3.2): %s',
    async (host) => {
      const { ask, seen } = await listening()
      expect(statusOf(await ask(`GET / HTTP/1.1\r\nHost: ${host}`))).toBe(400)
      expect(seen).toEqual([])
    },
  )

  test('HTTP/1.0 without Host is for this server: its own name stands in (RFC 9112 §3.3)', async () => {
    const { ask, seen, balancer } = await listening()
    expect(statusOf(await ask('GET / HTTP/1.0\r\nX-Any: 1'))).toBe(200)
    expect(seen).toEqual([{ host: `127.0.0.1:${balancer.port}`, url: '/' }])
  })
})

describe('an absolute target', () => {
  test.each([
    ['http://app.localhost:PORT/me?x=1', '/me?x=1'],
    ['HTTP://app.localhost:PORT', '/'],
    ['http://app.localhost:PORT?x=1', '/?x=1'],
    ['http://app.localhost:PORT//evil.example/', '//evil.example/'],
  ])('goes on in origin-form, and its host overrides the field (RFC 9112 §3.2.2): %s', async (target, path) => {
    const { ask, seen, balancer, recorder } = await listening()
    const answer = await ask(`GET ${target} HTTP/1.1\r\nHost: evil.example`)
    expect(statusOf(answer)).toBe(200)
    expect(seen).toEqual([{ host: `app.localhost:${balancer.port}`, url: path }])
    expect(await recorder.whenComplete(idOf(answer))).toMatchObject({ path: target.replace('PORT', String(balancer.port)) })
  })

  test.each([
    'http://evil.example/me',
    'http://evil.example:PORT/me',
    'http://127.0.0.1:PORT@evil.example/me',
    'http://user@127.0.0.1:PORT/me',
    'https://127.0.0.1:PORT/me',
    'ftp://127.0.0.1:PORT/me',
    'http://127.0.0.1:1/me',
  ])('of another server is refused with 421, whatever Host says: %s', async (target) => {
    const { ask, seen } = await listening()
    expect(statusOf(await ask(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:PORT`))).toBe(421)
    expect(seen).toEqual([])
  })
})

test('no answer of the balancer itself is taken for another type than it says', async () => {
  const { ask, balancer } = await listening()
  const refused = [await ask('GET / HTTP/1.1\r\nHost: evil.example'), await sendRaw(balancer.port, 'GARBAGE\r\n\r\n')]
  for (const answer of refused) expect(answer).toContain('\r\nX-Content-Type-Options: nosniff\r\n')
})
