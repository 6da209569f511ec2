import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getToken, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())

/** Sends these fields as they are: no client library repeats a field. */
const ask = (fields: string[], target = 'GET /me', body = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(lab.url)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject).on('close', () => resolve(answer))
    socket.write(`${[`${target} HTTP/1.1`, `Host: ${host}`, ...fields, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`)
  })

test('two Authorization fields are refused, whichever comes first: "MUST NOT generate multiple field lines", RFC 9110 §5.3', async () => {
  const good = `Authorization: Bearer ${await getToken(lab)}`
  for (const fields of [
    [good, 'Authorization: Bearer other'],
    ['authorization: Bearer other', good],
    ['Authorization: Basic YTpi', good],
    [good, good],
  ]) {
    const answer = await ask(fields)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"verdict":"malformed-token"')
    // RFC 6750 §3.1
    expect(answer).toMatch(/\r\nWWW-Authenticate: Bearer .*error="invalid_request"/)
  }
  expect(await ask([good])).toMatch(/^HTTP\/1\.1 200 /)
})

test('at an OAuth endpoint, too: RFC 6749 §5.2, "utilizes more than one mechanism for authenticating the client"', async () => {
  const basic = (secret: string): string => `Authorization: Basic ${btoa(`resource-server:${secret}`)}`
  for (const path of ['/token/introspect', '/token/revoke']) {
    const target = `POST ${path}`
    const answer = await ask(
      [basic('one'), basic('two'), 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 7'],
      target,
      'token=a',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"error":"invalid_request"')
    expect(answer).toContain('"verdict":"bad-credentials"')
  }
})
