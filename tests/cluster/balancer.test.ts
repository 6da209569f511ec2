import { EventEmitter, once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { startBalancer } from '../../src/server/cluster/balancer.ts'
import { Upstream } from '../../src/server/cluster/upstream.ts'
import { balancerOver, exchangeIdOf, plainServer, SECRET_TAG, sendRaw } from './fixture.ts'

const BODY_LIMIT = 64 * 1024

describe('relaying', () => {
  test('round robin shares six requests evenly among three nodes', async () => {
    const { balancer, upstreams } = await balancerOver([1, 2, 3].map((node) => (_request, response) => response.end(`node ${node}`)))
    const answers: string[] = []
    for (let count = 0; count < 6; count++) answers.push(await (await fetch(balancer.url)).text())
    expect(answers.sort()).toEqual(['node 1', 'node 1', 'node 2', 'node 2', 'node 3', 'node 3'])
    expect(upstreams.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0])
    expect(upstreams.map(({ meter }) => meter.count)).toEqual([2, 2, 2])
  })

  test('bodies of both directions arrive whole, and 64 KiB of each are kept', async () => {
    const { balancer, recorder } = await balancerOver([(request, response) => void request.pipe(response)])
    const body = 'é'.repeat(300_000)
    const response = await fetch(`${balancer.url}/echo`, { method: 'POST', body })
    expect(await response.text()).toBe(body)
    const id = exchangeIdOf(response)
    await recorder.whenComplete(id)
    const exchange = await recorder.get(id)
    for (const message of [exchange?.request, exchange?.response]) {
      expect(message?.bodyBytes).toBe(600_000)
      expect(message?.isBodyCut).toBe(true)
      expect(message?.bodyEncoding).toBe('utf8')
      expect(message?.body).toBe('é'.repeat(BODY_LIMIT / 2))
    }
  })

  test('a slow reader gets all of a large answer', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const { balancer } = await balancerOver([
      (_request, response) => {
        let left = 20
        const write = (): void => {
          while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', write)
          response.end()
        }
        write()
      },
    ])
    let received = 0
    await new Promise<void>((resolve, reject) => {
      httpRequest(balancer.url, async (response) => {
        for await (const part of response) {
          received += part.length
          await new Promise(setImmediate)
        }
        resolve()
      })
        .on('error', reject)
        .end()
    })
    expect(received).toBe(20 * chunk.length)
  })

  test('Host, header order, header case and repeated Set-Cookie survive', async () => {
    let seen: string[] = []
    const { balancer } = await balancerOver([
      (request, response) => {
        seen = request.rawHeaders
        response.writeHead(200, 'Fine', ['X-One', '1', 'set-COOKIE', 'a=1', 'Set-Cookie', 'b=2'])
        response.end()
      },
    ])
    const answer = await sendRaw(balancer.port, 'GET / HTTP/1.1\r\nHost: HOST\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\nConnection: close\r\n\r\n')
    expect(answer).toContain('HTTP/1.1 200 Fine\r\nX-One: 1\r\nset-COOKIE: a=1\r\nSet-Cookie: b=2\r\n')
    expect(
      seen
        .filter((_, at) => at % 2 === 0)
        .slice(0, 4)
        .map((name) => name.toLowerCase()),
    ).toEqual(['host', expect.anything(), expect.anything(), expect.anything()])
    const own = seen.join('\n')
    expect(own).toContain(`127.0.0.1:${balancer.port}`)
    expect(own).toMatch(/X-b\n1\nx-A\n2\nX-b\n3/)
  })

  test('hop-by-hop fields, forwarding fields and what Connection lists stay here', async () => {
    let seen: Record<string, unknown> = {}
    const { balancer } = await balancerOver([
      (request, response) => {
        seen = request.headers
        response.writeHead(200, { 'Keep-Alive': 'timeout=9', 'Proxy-Authenticate': 'Basic' }).end()
      },
    ])
    const answer = await sendRaw(
      balancer.port,
      'GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close, X-Hop, Host\r\nX-Hop: 1\r\nTE: trailers\r\nUpgrade: websocket\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nExpect: 100-continue\r\nX-Stays: 1\r\n\r\n',
    )
    expect(answer).toContain('HTTP/1.1 200')
    expect(answer).not.toMatch(/timeout=9|Proxy-Authenticate/)
    for (const name of ['x-hop', 'te', 'upgrade', 'x-forwarded-for', 'forwarded', 'expect']) expect(seen).not.toHaveProperty(name)
    expect(seen).toMatchObject({ host: `127.0.0.1:${balancer.port}`, 'x-stays': '1' })
  })

  test('a connection is good for more requests after an answer that came before the whole body', async () => {
    const { balancer } = await balancerOver([
      (request, response) => {
        response.writeHead(413, { 'Content-Length': 0 }).end()
        request.resume()
      },
    ])
    const body = 'x'.repeat(500_000)
    const post = `POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await sendRaw(balancer.port, `${post}GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`)
    expect(answer.match(/HTTP\/1\.1 413/g)).toHaveLength(2)
  })
})

describe('attribution', () => {
  test('the tag of a client attributes its request and goes no further', async () => {
    let seen = ''
    const { balancer, recorder } = await balancerOver([
      (request, response) => {
        seen = request.rawHeaders.join('\n')
        response.end()
      },
    ])
    const response = await fetch(balancer.url, { headers: { 'X-AuthLab-Client': SECRET_TAG } })
    const exchange = await recorder.whenComplete(exchangeIdOf(response))
    expect(exchange).toMatchObject({ client: 'alice-laptop', clientName: 'Alice·Laptop', node: 'node-1', status: 200 })
    expect(seen).not.toContain(SECRET_TAG)
    expect(JSON.stringify(await recorder.get(exchange.id))).not.toContain(SECRET_TAG)
  })

  test('an unknown tag and an exchange id from outside are ignored', async () => {
    let seen = ''
    const { balancer, recorder } = await balancerOver([
      (request, response) => {
        seen = String(request.headers['x-authlab-exchange'])
        response.end()
      },
    ])
    const response = await fetch(balancer.url, { headers: { 'X-AuthLab-Client': 'guess', 'X-AuthLab-Exchange': 'spoofed' } })
    const id = exchangeIdOf(response)
    expect(id).not.toContain('spoofed')
    expect(seen).toBe(id)
    expect(await recorder.whenComplete(id)).toMatchObject({ client: null, clientName: null })
  })
})

describe('refusals', () => {
  test('no node up answers 503 with the verdict no-node-available and is recorded', async () => {
    const { balancer, recorder } = await balancerOver([])
    const response = await fetch(`${balancer.url}/x`)
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 503, verdict: 'no-node-available' })
    const exchange = await recorder.get(exchangeIdOf(response))
    expect(exchange).toMatchObject({ status: 503, verdict: 'no-node-available', node: null, path: '/x' })
    expect(exchange?.steps.map(({ kind, outcome }) => [kind, outcome])).toEqual([['balancer-pick', 'fail']])
  })

  test('a node that refuses the connection is passed over for another', async () => {
    const { balancer, recorder, upstreams } = await balancerOver([(_request, response) => response.end('alive')])
    const gone = await plainServer(() => {})
    await new Promise((resolve) => gone.server.close(resolve))
    upstreams.unshift(new Upstream('node-gone', gone.port))
    const response = await fetch(balancer.url, { method: 'POST', body: 'kept' })
    expect(await response.text()).toBe('alive')
    const exchange = await recorder.whenComplete(exchangeIdOf(response))
    expect(exchange.node).toBe('node-1')
    expect((await recorder.get(exchange.id))?.steps).toHaveLength(2)
  })

  test('a node that dies before its answer is a 502 with the verdict no-node-available', async () => {
    const { balancer, recorder } = await balancerOver([(request) => request.socket.destroy()])
    const response = await fetch(balancer.url)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ verdict: 'no-node-available' })
    const exchange = await recorder.get(exchangeIdOf(response))
    expect(exchange).toMatchObject({ status: 502, verdict: 'no-node-available', node: 'node-1' })
    expect(exchange?.steps.map(({ kind }) => kind)).toEqual(['balancer-pick', 'answer'])
  })

  test.each([
    ['a control character', 'O\u0001K'],
    ['octets that are no UTF-8', '\u00ff\u00fe'],
  ])('a reason phrase that cannot be sent on is left out (RFC 9112 §4): %s', async (_what, reason) => {
    const { balancer } = await balancerOver([
      ({ socket }) => socket.end(Buffer.from(`HTTP/1.1 418 ${reason}\r\nContent-Length: 2\r\n\r\nhi`, 'latin1')),
    ])
    const response = await fetch(balancer.url)
    expect([response.status, await response.text()]).toEqual([418, 'hi'])
  })

  test('a node that dies within its answer cuts the connection and is recorded', async () => {
    const { balancer, recorder } = await balancerOver([
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 100 })
        response.write('part')
        setImmediate(() => setImmediate(() => response.destroy()))
      },
    ])
    const answer = await fetch(balancer.url)
    await expect(answer.text()).rejects.toThrow()
    expect(await recorder.whenComplete(exchangeIdOf(answer))).toMatchObject({ status: 200, verdict: 'no-node-available' })
  })

  test('a client that leaves before the answer is recorded with status 0 and frees the node', async () => {
    const events = new EventEmitter()
    const reached = once(events, 'reached')
    const left = once(events, 'left')
    const { balancer, recorder, upstreams } = await balancerOver([
      (request) => {
        events.emit('reached')
        request.socket.once('close', () => events.emit('left'))
      },
    ])
    const socket = connect(balancer.port, '127.0.0.1')
    socket.write(`GET /never HTTP/1.1\r\nHost: 127.0.0.1:${balancer.port}\r\n\r\n`)
    await reached
    socket.destroy()
    await left
    await expect.poll(() => recorder.summaries({})).toMatchObject([{ path: '/never', status: 0 }])
    expect(upstreams[0]?.inFlight).toBe(0)
  })

  test('a transfer coding under chunked is refused with 501: it would be lost on the way', async () => {
    let asked = 0
    const { balancer } = await balancerOver([
      (_request, response) => {
        asked++
        response.end()
      },
    ])
    const send = (coding: string) =>
      sendRaw(
        balancer.port,
        `POST / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nTransfer-Encoding: ${coding}\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      )
    expect(await send('gzip, chunked')).toMatch(/^HTTP\/1\.1 501 /)
    expect(asked).toBe(0)
    expect(await send('Chunked')).toMatch(/^HTTP\/1\.1 200 /)
  })

  test.each([
    [
      'an expectation that is not known (RFC 9110 §10.1.1)',
      417,
      'POST /me HTTP/1.1\r\nHost: HOST\r\nExpect: 200-maybe\r\nContent-Length: 2\r\n\r\n',
    ],
    ['a tunnel (RFC 9110 §9.3.6)', 501, 'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n'],
    [
      'Transfer-Encoding under HTTP/1.0 (RFC 9112 §6.1)',
      400,
      'POST /me HTTP/1.0\r\nHost: HOST\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
  ])('%s is refused with %i and a problem detail, closes the connection and is recorded as not-auth', async (_title, status, text) => {
    let asked = 0
    const { balancer, recorder } = await balancerOver([
      (_request, response) => {
        asked++
        response.end()
      },
    ])
    const answer = await sendRaw(balancer.port, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toContain('Content-Type: application/problem+json')
    expect(answer.toLowerCase()).toContain('connection: close')
    const id = /X-AuthLab-Exchange: (\S+)/.exec(answer)?.[1] ?? ''
    const [method, path] = text.split(' ')
    expect(await recorder.get(id)).toMatchObject({ status, verdict: 'not-auth', node: null, method, path })
    expect(asked).toBe(0)
  })

  test('an expectation of 100-continue is answered with it (RFC 9110 §10.1.1)', async () => {
    const { balancer } = await balancerOver([(_request, response) => response.end('reached')])
    const text = 'POST / HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}'
    expect(await sendRaw(balancer.port, text)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  })

  test('a header of a megabyte is refused with 431 and a problem detail', async () => {
    const { balancer } = await balancerOver([(_request, response) => response.end()])
    const answer = await sendRaw(balancer.port, `GET / HTTP/1.1\r\nHost: HOST\r\nX-Big: ${'x'.repeat(1024 * 1024)}\r\n\r\n`)
    expect(answer).toContain('HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: application/problem+json')
  })

  test.each([
    ['a malformed request line', 'GARBAGE\r\n\r\n'],
    ['two Host fields', 'GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
    ['no Host field', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [
      'both Content-Length and Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an asterisk for a target', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ])('%s is refused with 400 and a problem detail', async (_title, text) => {
    let reached = 0
    const { balancer } = await balancerOver([
      (_request, response) => {
        reached++
        response.end()
      },
    ])
    const answer = await sendRaw(balancer.port, text)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/)
    expect(reached).toBe(0)
  })

  test('a port that is taken is said so with the code port-taken', async () => {
    const { balancer, recorder } = await balancerOver([])
    const again = startBalancer({
      port: balancer.port,
      cluster: { upstreams: () => [], suspect: () => {} },
      strategy: 'random',
      recorder,
      clock: new LabClock(createClockBuffer()),
      clientByTag: () => null,
    })
    await expect(again).rejects.toMatchObject({ code: 'port-taken' })
  })
})
