import { beforeEach, expect, test } from 'vitest'
import { CookieJar } from '../../src/server/clients/cookie-jar.ts'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'

const ORIGIN = 'http://app.localhost:4700'
let clock: LabClock
let jar: CookieJar
beforeEach(() => {
  clock = new LabClock(createClockBuffer())
  clock.pause()
  jar = new CookieJar(clock, ORIGIN)
})
const header = (path = '/') => jar.header(`${ORIGIN}${path}`, () => true)
const wait = (ms: number) => clock.setOffset(clock.nowMs() + ms - Date.now())

test('a cookie goes back to where it came from, below its path', async () => {
  await jar.store(['sid=1; Path=/', 'deep=2; Path=/admin'], `${ORIGIN}/`)
  expect(await header()).toBe('sid=1')
  expect(await header('/admin/users')).toBe('deep=2; sid=1')
})

test('Max-Age passes by the lab clock (RFC 6265bis §5.6)', async () => {
  await jar.store(['sid=1; Path=/; Max-Age=60'], `${ORIGIN}/`)
  wait(59_000)
  expect(await header()).toBe('sid=1')
  wait(2000)
  expect(await header()).toBeNull()
  expect(await jar.list()).toEqual([])
})

test('a server takes its cookie back with an expiry in the past', async () => {
  await jar.store(['sid=1; Path=/'], `${ORIGIN}/`)
  await jar.store(['sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], `${ORIGIN}/`)
  expect(await header()).toBeNull()
})

test('the jar shows attributes as they were sent, null where absent', async () => {
  await jar.store(['sid=1; Path=/; HttpOnly; SameSite=Lax', 'plain=2; Path=/'], `${ORIGIN}/`)
  expect(await jar.list()).toMatchObject([
    { name: 'sid', isHttpOnly: true, sameSite: 'Lax', expiresAt: null },
    { name: 'plain', isHttpOnly: false, sameSite: null },
  ])
})

test('dropping a cookie takes it out of the next request and returns its value', async () => {
  await jar.store(['access_token=abc; Path=/'], `${ORIGIN}/`)
  expect(await jar.drop('access_token')).toBe('abc')
  expect(await jar.drop('access_token')).toBeNull()
  expect(await header()).toBeNull()
})
