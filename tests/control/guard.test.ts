import { connect } from 'node:net'
import express from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { requireOwnHost, requireOwnOrigin, requireToken } from '../../src/server/control/guard.ts'
import { listen, stopListening } from '../../src/server/control/listen.ts'
import { sendRaw } from '../cluster/fixture.ts'
import { send } from '../support/start-lab.ts'

/** The guard as it is on that port, listening elsewhere: a test may not have port 80. */
const guardOf = async (port: number): Promise<(headers: Record<string, string>) => Promise<number>> => {
  const app = express()
  app.use(
    requireOwnHost(() => port),
    requireOwnOrigin(() => port),
    (_request, response) => void response.end(),
  )
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address?.port}/`
  return async (headers) => (await send(url, { headers })).status
}

test('on port 80 a browser names no port, in Host and in Origin alike (RFC 9110 §4.2.1, RFC 6454 §6.2)', async () => {
  const status = await guardOf(80)
  for (const Host of ['127.0.0.1', 'localhost', 'LOCALHOST', 'localhost:80']) expect(await status({ Host })).toBe(200)
  expect(await status({ Host: 'localhost', Origin: 'http://localhost' })).toBe(200)
  for (const Host of ['evil.example', 'localhost:4600', '']) expect(await status({ Host })).toBe(421)
  for (const Origin of ['http://localhost:80', 'http://localhost:4600', 'https://localhost', 'http://evil.example', 'null'])
    expect(await status({ Host: 'localhost', Origin })).toBe(403)
})

test('on another port both name it', async () => {
  const status = await guardOf(4600)
  expect(await status({ Host: '127.0.0.1:4600', Origin: 'http://127.0.0.1:4600' })).toBe(200)
  for (const Host of ['127.0.0.1', '127.0.0.1:80', '127.0.0.1:', '127.0.0.1:46000', 'app.localhost:4600'])
    expect(await status({ Host })).toBe(421)
})

test('a field of which there may be one is not taken twice: neither Host (RFC 9112 §3.2) nor Authorization (RFC 9110 §5.3)', async () => {
  const app = express()
  app.use(
    requireOwnHost(() => 4600),
    requireToken('token'),
    (_request, response) => void response.end(),
  )
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const statusOf = (...fields: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
      socket.on('error', reject).once('data', (chunk) => resolve(String(chunk).slice(9, 12)))
      socket.write(`${['GET / HTTP/1.1', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`)
    })
  const [host, token] = ['Host: 127.0.0.1:4600', 'Authorization: Bearer token']
  expect(await statusOf(host, token)).toBe('200')
  expect(await statusOf(host, 'Host: evil.example', token)).toBe('421')
  expect(await statusOf(host, token, 'Authorization: Bearer other')).toBe('401')
})

test('bytes that are no HTTP request are refused with a problem detail, and a request without Host by the guard', async () => {
  const app = express()
  app.use(requireOwnHost(() => 4600))
  const listening = await listen(app, 0)
  onTestFinished(() => stopListening(listening))
  const { port } = listening
  expect(await sendRaw(port, 'GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/)
  const large = await sendRaw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:4600\r\nX-Big: ${'x'.repeat(64 * 1024)}\r\n\r\n`)
  expect(large).toMatch(/^HTTP\/1\.1 431 /)
  expect(await sendRaw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /)
})
