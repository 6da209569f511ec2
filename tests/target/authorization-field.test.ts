import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getToken, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())

/** Sends these fields as they are: no client library repeats a field. */
const ask = (fields: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(lab.url)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject).on('close', () => resolve(answer))
    socket.write(`${['GET /me HTTP/1.1', `Host: ${host}`, ...fields, 'Connection: close'].join('\r\n')}\r\n\r\n`)
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
