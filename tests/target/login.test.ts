import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hashPassword } from '../../src/server/passwords.ts'
import { createContext } from '../../src/server/target/context.ts'
import { logIn } from '../../src/server/target/login.ts'
import { hs256Key } from '../../src/server/target-keys.ts'
import { LIFETIMES, startTarget, type Target } from './support.ts'

let lab: Target
beforeAll(async () => {
  lab = await startTarget()
})
afterAll(() => lab.close())
beforeEach(() => lab.target.reset())

const contextOf = ({ clock, database, secrets }: Target) =>
  createContext({
    nodeId: 'node-2',
    clock,
    database,
    keys: { cookieSecrets: [secrets.cookie], tokenKeys: [hs256Key('key-1', createHash('sha256').digest())] },
    lifetimes: LIFETIMES,
    issuer: '',
    audience: '',
    isTracing: false,
    portalDir: '',
    onTrace: () => undefined,
  })

test('a login with the old password that is under way when the password changes does not succeed', async () => {
  const context = contextOf(lab)
  const newHash = await hashPassword('a new password')
  const underWay = logIn(context, 'bob', 'bob-pass')
  context.accounts.setPasswordHash('bob', newHash, lab.clock.nowMs())
  expect(await underWay).toMatchObject({ account: null, denial: { status: 401, verdict: 'bad-credentials' } })
  expect(await logIn(context, 'bob', 'a new password')).toMatchObject({ account: { name: 'bob' }, denial: null })
  context.store.close()
})
