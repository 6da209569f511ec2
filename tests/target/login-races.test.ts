import { afterEach, expect, test } from 'vitest'
import { RefreshRows } from '../../src/server/storage/refresh-rows.ts'
import { retryBusy } from '../../src/server/target/retry-busy.ts'
import { type CreateStorage, sqliteStorage } from '../../src/server/target/session-storage.ts'
import { grant, refresh } from './refresh.ts'
import { advance, bearer, cookieOf, logIn, startTarget, type Target } from './support.ts'

let lab: Target
afterEach(() => lab.close())

/** What a login earned is not stored before it is let on. */
interface Held {
  readonly hasCome: Promise<void>
  letOn(): void
}

let hold: (() => Promise<void>) | null = null

/** The next login waits. */
const holdNext = (): Held => {
  let letOn = (): void => undefined
  const on = new Promise<void>((resolve) => {
    letOn = resolve
  })
  const hasCome = new Promise<void>((resolve) => {
    hold = () => {
      hold = null
      resolve()
      return on
    }
  })
  return { hasCome, letOn: () => letOn() }
}

const slowStorage: CreateStorage = (deps, watch) => {
  const storage = sqliteStorage(deps, watch)
  const refresh = new RefreshRows(deps.database, retryBusy)
  const { store } = storage
  const [set, begin] = [store.set.bind(store), refresh.begin.bind(refresh)]
  store.set = (...given) => void (hold?.() ?? Promise.resolve()).then(() => set(...given))
  refresh.begin = (...given) => (hold?.() ?? Promise.resolve()).then(() => begin(...given))
  return { ...storage, refresh }
}

const LOGINS = {
  session: ['/session', { username: 'bob', password: 'bob-pass' }, 401],
  token: ['/token', { grant_type: 'password', username: 'bob', password: 'bob-pass' }, 400],
} as const

const count = (sql: string): unknown => lab.database.prepare(sql).pluck().get()

// OWASP ASVS 5 V7.4.3: all other sessions end with the password they came from.
test.each(['session', 'token'] as const)('a login by %s that is under way while the password is changed earns nothing', async (kind) => {
  lab = await startTarget({ createStorage: slowStorage })
  const cookie = await logIn(lab, 'bob')
  const [path, json, refused] = LOGINS[kind]
  const { hasCome, letOn } = holdNext()
  const login = lab.send('POST', path, { json })
  await hasCome
  const change = { currentPassword: 'bob-pass', newPassword: 'another-password' }
  expect((await lab.send('POST', '/password', { json: change, headers: { cookie } })).status).toBe(200)
  letOn()
  const answer = await login
  expect([answer.status, answer.trace.verdict]).toEqual([refused, 'bad-credentials'])
  expect(cookieOf(answer)).toMatch(/^(sid=)?$/)
  expect(count("SELECT count(*) FROM sessions WHERE account = 'bob'")).toBe(1)
  expect(count("SELECT count(*) FROM refresh_families WHERE account = 'bob' AND revoked_at IS NULL")).toBe(0)
})

test.each(['session', 'token'] as const)('a login by %s that is under way while the account is disabled earns nothing', async (kind) => {
  lab = await startTarget({ createStorage: slowStorage })
  const [path, json] = LOGINS[kind]
  const { hasCome, letOn } = holdNext()
  const login = lab.send('POST', path, { json })
  await hasCome
  lab.database.exec("UPDATE accounts SET is_disabled = 1 WHERE name = 'bob'")
  letOn()
  expect((await login).trace.verdict).toBe('account-disabled')
  expect(count("SELECT count(*) FROM sessions WHERE account = 'bob'")).toBe(0)
  expect(count("SELECT count(*) FROM refresh_families WHERE account = 'bob' AND revoked_at IS NULL")).toBe(0)
})

// Not-before goes by `iat` alone: a token that was signed a moment later must not be one from after the revocation.
test('an access token whose refresh token was ended before it was signed is refused, too', async () => {
  let afterRotation = (): Promise<unknown> => Promise.resolve()
  lab = await startTarget({
    revocation: 'not-before',
    createStorage: (deps, watch) => {
      const storage = sqliteStorage(deps, watch)
      const refresh = new RefreshRows(deps.database, retryBusy)
      const rotate = refresh.rotate.bind(refresh)
      refresh.rotate = (use) => rotate(use).then((outcome) => afterRotation().then(() => outcome))
      return { ...storage, refresh }
    },
  })
  const { refresh_token } = await grant(lab)
  advance(lab, 10)
  afterRotation = async () => {
    await lab.send('POST', '/token/revoke', { json: { token: refresh_token } })
    advance(lab, 1)
  }
  const { access_token } = (await refresh(lab, refresh_token)).body as unknown as { access_token: string }
  expect((await lab.send('GET', '/me', { headers: bearer(access_token) })).trace.verdict).toBe('token-revoked')
})
