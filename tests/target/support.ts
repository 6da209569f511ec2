import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type Database from 'better-sqlite3'
import { sign } from 'cookie-signature'
import jwt from 'jsonwebtoken'
import type { Lifetimes } from '../../src/contract/lifetimes.ts'
import type { Step } from '../../src/contract/step.ts'
import { portalUrl } from '../../src/server/assets.ts'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { readSteps } from '../../src/server/storage/step-record.ts'
import { createTargetApp, type TargetApp } from '../../src/server/target/app.ts'
import type { TargetDeps } from '../../src/server/target/context.ts'
import type { ExchangeTrace } from '../../src/server/target/trace.ts'
import { hs256Key } from '../../src/server/target-keys.ts'

const COOKIE_SECRET = 'a secret for the cookies of these tests'
const TOKEN_SECRET = Buffer.alloc(32, 7)
export const ISSUER = 'https://issuer.test'
export const AUDIENCE = 'https://api.test'

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, never>
  text: string
  trace: ReadTrace
}

/** A trace with its steps read. */
export interface ReadTrace extends Omit<ExchangeTrace, 'stepsJson'> {
  steps: Step[]
}

export interface Target {
  url: string
  clock: LabClock
  database: Database.Database
  target: TargetApp
  secrets: { cookie: string; token: Buffer }
  send(method: string, path: string, options?: { headers?: Record<string, string>; json?: unknown; body?: string }): Promise<Answer>
  close(): Promise<void>
}

export const LIFETIMES: Lifetimes = {
  sessionIdle: 1800,
  sessionAbsolute: 43_200,
  accessToken: 900,
  refreshIdle: 86_400,
  refreshAbsolute: 604_800,
  refreshGrace: 0,
}

/** A target on a free port with a database of its own; its clock stands still. */
export const startTarget = async (changed: Partial<TargetDeps> = {}): Promise<Target> => {
  const folder = mkdtempSync(join(tmpdir(), 'target-'))
  const { database } = openDatabase(join(folder, 'target.db'), 'target')
  const clock = new LabClock(createClockBuffer())
  clock.pause()
  clock.setOffset(1_800_000_000_000 - Date.now())
  const waiting = new Map<string, (trace: ReadTrace) => void>()
  const target = createTargetApp({
    nodeId: 'node-1',
    clock,
    database,
    keys: { cookieSecrets: [COOKIE_SECRET], tokenKeys: [hs256Key('key-1', TOKEN_SECRET)] },
    lifetimes: LIFETIMES,
    issuer: ISSUER,
    audience: AUDIENCE,
    isTracing: true,
    portalDir: fileURLToPath(portalUrl()),
    onTrace: ({ stepsJson, ...trace }) => {
      waiting.get(trace.exchangeId)?.({ ...trace, steps: readSteps(stepsJson) })
      waiting.delete(trace.exchangeId)
    },
    ...changed,
  })
  const server = createServer(target.app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let count = 0
  const send: Target['send'] = async (method, path, { headers = {}, json, body } = {}) => {
    const id = `exchange-${++count}`
    const traced = new Promise<ReadTrace>((resolve) => waiting.set(id, resolve))
    const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, {
      method,
      headers: { 'x-authlab-exchange': id, ...type, ...headers },
      body: json === undefined ? body : JSON.stringify(json),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {}, trace: await traced }
  }
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await target.close()
    database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, clock, database, target, secrets: { cookie: COOKIE_SECRET, token: TOKEN_SECRET }, send, close }
}

/** Moves a paused clock on; what waits to be written is written first, as the lab does. */
export const advance = ({ clock, target }: Target, seconds: number): void => {
  target.flush()
  clock.setOffset(clock.nowMs() + seconds * 1000 - Date.now())
}

/** The cookie that an answer sets, as `name=value`; empty when it sets none of that name. */
export const cookieOf = ({ headers }: Answer, name = 'sid'): string =>
  headers
    .getSetCookie()
    .find((line) => line.startsWith(`${name}=`))
    ?.split(';')[0] ?? ''

export const logIn = async (target: Target, username = 'alice', cookie?: string): Promise<string> => {
  const headers: Record<string, string> = cookie === undefined ? {} : { cookie }
  const answer = await target.send('POST', '/session', { json: { username, password: `${username}-pass` }, headers })
  if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`)
  return cookieOf(answer)
}

export const getToken = async (target: Target, username = 'alice'): Promise<string> => {
  const answer = await target.send('POST', '/token', { json: { grant_type: 'password', username, password: `${username}-pass` } })
  return String(answer.body['access_token'])
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A token as the target would sign it, with some claims or header parameters changed; undefined takes one away. */
export const forge = (
  target: Target,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  secret: Buffer = target.secrets.token,
): string => {
  const now = Math.floor(target.clock.nowMs() / 1000)
  const good = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'alice',
    iat: now,
    exp: now + 900,
    jti: 'one',
    role: 'admin',
    scope: 'profile orders:read',
  }
  const payload = Object.fromEntries(Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined))
  const options = { header: { alg: 'HS256', typ: 'at+jwt', kid: 'key-1', ...header } as jwt.JwtHeader }
  return jwt.sign(JSON.stringify(payload), secret, options)
}

/** A session cookie for any id, with a good signature. */
export const signedCookie = (target: Target, sid: string): string => `sid=${encodeURIComponent(`s:${sign(sid, target.secrets.cookie)}`)}`
