import crypto from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express from 'express'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { BALANCER_TAG } from '../../src/server/cluster/forwarded-headers.ts'
import { LAB_PATHS, LAB_SECRET, type RemoteStats } from '../../src/server/cluster/remote-answers.ts'
import { requireToken } from '../../src/server/control/guard.ts'
import { createSecretCheck } from '../../src/server/secret-check.ts'
import { answerLab } from '../../src/server/standalone/lab-answers.ts'
import { TraceShelf } from '../../src/server/standalone/trace-shelf.ts'
import { hs256Key } from '../../src/server/target-keys.ts'
import { bearer, forge, logIn, startTarget } from '../target/support.ts'

const { timingSafeEqual } = crypto
/** Lengths of what was compared in constant time, octets. */
let compared: number[]

beforeEach(() => {
  compared = []
  crypto.timingSafeEqual = (first, second) => {
    compared.push(first.byteLength)
    return timingSafeEqual(first, second)
  }
  syncBuiltinESMExports()
})
afterEach(() => {
  crypto.timingSafeEqual = timingSafeEqual
  syncBuiltinESMExports()
})

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a secret is told from every other text, and from what is no text', () => {
  const isSecret = createSecretCheck('the secret')
  expect(isSecret('the secret')).toBe(true)
  fc.assert(fc.property(fc.anything(), (given) => isSecret(given) === (given === 'the secret')))
  for (const given of ['', 'the secre', 'the secret ', 'The secret', undefined, ['the secret']]) expect(isSecret(given)).toBe(false)
})

describe('OWASP ASVS 5 V11.2.4: "no \'short-circuit\' operations in comparisons": what is given for a secret is compared in constant time', () => {
  test('the MAC of a session cookie', async () => {
    const lab = await startTarget()
    onTestFinished(() => lab.close())
    const cookie = await logIn(lab)
    compared = []
    await lab.send('GET', '/me', { headers: { cookie: `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}` } })
    expect(compared).toHaveLength(1)
  })

  test('the MAC of a token', async () => {
    const lab = await startTarget()
    onTestFinished(() => lab.close())
    const [head, body, mac = ''] = forge(lab).split('.')
    const wrong = Buffer.from(mac, 'base64url').map((octet) => octet ^ 1)
    const answer = await lab.send('GET', '/me', { headers: bearer(`${head}.${body}.${Buffer.from(wrong).toString('base64url')}`) })
    expect(answer.trace.verdict).toBe('bad-signature')
    expect(compared).toEqual([32])
  })

  test('the secret of a client that authenticates by HTTP Basic', async () => {
    const lab = await startTarget({
      keys: { cookieSecrets: ['one'], tokenKeys: [hs256Key('key-1', Buffer.alloc(32, 7))], clientSecret: 'right' },
    })
    onTestFinished(() => lab.close())
    const type = 'application/x-www-form-urlencoded'
    const introspect = (secret: string) => {
      const authorization = `Basic ${Buffer.from(`resource-server:${secret}`).toString('base64')}`
      return lab.send('POST', '/token/introspect', { headers: { authorization, 'content-type': type }, body: 'token=x' })
    }
    expect([(await introspect('right')).status, (await introspect('w')).status]).toEqual([200, 401])
    expect(compared).toEqual([32, 32])
  })

  test('the bearer token of the control API, however long what is given is', async () => {
    const app = express().get('/', requireToken('right'), (_request, response) => void response.end())
    const url = await serve(app)
    const statuses: number[] = []
    for (const given of ['right', 'wrong', 'w'.repeat(500)])
      statuses.push((await fetch(url, { headers: { authorization: `Bearer ${given}` } })).status)
    expect(statuses).toEqual([200, 401, 401])
    expect(compared).toEqual([32, 32, 32])
  })

  test('the secret that a lab and a target elsewhere share, and the mark of its balancer', async () => {
    const shelf = new TraceShelf()
    onTestFinished(() => shelf.close())
    const stats = () => ({}) as RemoteStats
    const url = await serve(answerLab({ secret: 'shared', shelf, stats, app: (_request, response) => response.end('app') }))
    const asked = await fetch(`${url}${LAB_PATHS.stats}`, { headers: { [LAB_SECRET]: 'wrong' } })
    expect([await asked.text(), compared]).toEqual(['app', [32]])
    await fetch(url, { headers: { [BALANCER_TAG]: 'wrong', 'x-authlab-exchange': 'one' } })
    expect(compared).toEqual([32, 32])
  })
})

const NAME = String.raw`\w*(?:[sS]ecret|[tT]oken|[mM]ac|[dD]igest|[sS]ignature|[pP]assword|[cC]srf)(?:\w*\b)[\])]*`
const VALUE = String.raw`(?!(?:undefined|null|true|false)\b)[\w(#[]`
/** Two values of which one is called a secret, compared by anything that stops at the first difference. */
const EARLY_EXIT = new RegExp(String.raw`${NAME} [!=]==? ${VALUE}|\b(?!typeof)[\w\])]+ [!=]==? [\w.#]*${NAME}(?!\()|${NAME}\.equals\(`)

/** What looks like that and is none: a yes or no, a length of time, and two hashes that the server has itself. */
const NO_SECRETS = [
  'this.hasOwnCookieSecret',
  'head.hasSecrets',
  'this.#longestTokenSeconds',
  'stored.passwordHash',
  'account?.passwordHash',
]

test('nowhere in the server or the desktop app is a secret compared by === or equals()', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const files = ['server', 'main'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
  )
  const found = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => EARLY_EXIT.test(line) && !NO_SECRETS.some((known) => line.includes(known)))
  expect(found).toEqual([])
  expect(EARLY_EXIT.test("if (request.headers[BALANCER_TAG] !== settings.balancerSecret) delete request.headers['x']")).toBe(true)
  expect(EARLY_EXIT.test('return given === client.secret')).toBe(true)
})
