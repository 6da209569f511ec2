import { expect, test } from 'vitest'
import { SETTING_CODES } from '../../src/contract/assessment.ts'
import { type AssessedSettings, assessSettings } from '../../src/server/teaching/assess-settings.ts'
import { startTestLab } from '../support/start-lab.ts'

async function readSettings(): Promise<AssessedSettings> {
  const { call, close } = await startTestLab()
  const paths = ['/cluster', '/keys', '/nodes', '/weaknesses']
  const [cluster, keyring, nodes, weaknesses] = await Promise.all(paths.map((path) => call('GET', path)))
  await close()
  return { cluster: cluster?.json, keyring: keyring?.json, nodes: nodes?.json, weaknesses: weaknesses?.json }
}

const settings = await readSettings()
const results = (changed: Partial<AssessedSettings>) =>
  Object.fromEntries(assessSettings({ ...settings, ...changed }).map(({ code, result }) => [code, result]))
const lifetimes = (change: Partial<AssessedSettings['cluster']['lifetimes']>): Partial<AssessedSettings> => ({
  cluster: { ...settings.cluster, lifetimes: { ...settings.cluster.lifetimes, ...change } },
})
const cluster = (change: Partial<AssessedSettings['cluster']>): Partial<AssessedSettings> => ({
  cluster: { ...settings.cluster, ...change },
})
const firstNode = (change: Partial<AssessedSettings['nodes'][number]>): Partial<AssessedSettings> => ({
  nodes: settings.nodes.map((node, index) => (index === 0 ? { ...node, ...change } : node)),
})

/** For each question, settings that are good and settings that are not. */
const CASES: Partial<Record<(typeof SETTING_CODES)[number], { good: Partial<AssessedSettings>; bad: Partial<AssessedSettings> }>> = {
  'output-encoding': { good: {}, bad: { weaknesses: [{ id: 'stored-xss', isOn: true }] } },
  'token-out-of-scripts': { good: {}, bad: { weaknesses: [{ id: 'token-in-web-storage', isOn: true }] } },
  'signing-key-shared': {
    good: { keyring: { ...settings.keyring, algorithm: 'ES256' } },
    bad: { keyring: { ...settings.keyring, algorithm: 'HS512' } },
  },
  'key-rotation': {
    good: { keyring: { ...settings.keyring, rotation: { everySeconds: 86_400, nextAt: 1 } } },
    bad: { keyring: { ...settings.keyring, rotation: { everySeconds: null, nextAt: null } } },
  },
  'keys-at-rest': {
    good: { keyring: { ...settings.keyring, atRest: 'safe-storage' } },
    bad: { keyring: { ...settings.keyring, atRest: 'file-0600' } },
  },
  'access-token-life': { good: lifetimes({ accessToken: 3600 }), bad: lifetimes({ accessToken: 3601 }) },
  leeway: { good: cluster({ leewaySeconds: 180 }), bad: cluster({ leewaySeconds: 300 }) },
  'logout-ends-tokens': { good: cluster({ revocation: 'denylist' }), bad: cluster({ revocation: 'none' }) },
  'authority-is-current': { good: cluster({ recheckAccount: true }), bad: cluster({ recheckAccount: false }) },
  'refresh-grace': { good: lifetimes({ refreshGrace: 0 }), bad: lifetimes({ refreshGrace: 5 }) },
  'refresh-idle': { good: lifetimes({ refreshIdle: 60 }), bad: lifetimes({ refreshIdle: 999, refreshAbsolute: 999 }) },
  'refresh-absolute': { good: lifetimes({ refreshAbsolute: 30 * 86_400 }), bad: lifetimes({ refreshAbsolute: 30 * 86_400 + 1 }) },
  'session-idle': { good: lifetimes({ sessionIdle: 3600 }), bad: lifetimes({ sessionIdle: 3601 }) },
  'session-absolute': { good: lifetimes({ sessionAbsolute: 86_400 }), bad: lifetimes({ sessionAbsolute: 86_401 }) },
  'node-clocks': { good: cluster({ leewaySeconds: 5 }), bad: firstNode({ clockSkewMs: -60_000 }) },
  'node-keys': { good: {}, bad: firstNode({ jwksFrozen: true }) },
  'node-cookie-secrets': { good: {}, bad: firstNode({ hasOwnCookieSecret: true }) },
}

test('every question but the one that the keyring itself answers is tried both ways', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(SETTING_CODES.filter((code) => code !== 'signing-key-length').toSorted())
})

test.each(Object.entries(CASES))('%s passes and fails by the setting', (code, { good, bad }) => {
  expect(results(good)[code]).toBe('pass')
  expect(results(bad)[code]).toBe('fail')
})

test.each([
  ['HS512', 'RFC 7518 §3.2'],
  ['RS256', 'RFC 7518 §3.3'],
  ['ES256', 'RFC 7518 §3.4'],
  ['PS256', 'RFC 7518 §3.5'],
] as const)('what a key of %s must be is said by %s', (algorithm, clause) => {
  const items = assessSettings({ ...settings, keyring: { ...settings.keyring, algorithm } })
  expect(items.find(({ code }) => code === 'signing-key-length')).toMatchObject({ clause, result: 'pass' })
})

test('nodes are not compared where there is one alone', () => {
  const alone = results({ nodes: settings.nodes.slice(0, 1) })
  expect(alone['node-clocks']).toBe('not-applicable')
  expect(alone['node-keys']).toBe('not-applicable')
})

test('what fails comes first, the gravest before the others', () => {
  const items = assessSettings(settings)
  const failed = items.filter(({ result }) => result === 'fail')
  expect(items.slice(0, failed.length)).toEqual(failed)
  expect(failed.map(({ severity }) => severity)).toEqual(failed.map(({ severity }) => severity).toSorted((a, b) => b - a))
})

test('the control API holds its own traffic, exported with its secrets, against the checklist, and refuses what is no archive', async () => {
  const { call, close } = await startTestLab()
  try {
    for (const client of ['alice-laptop', 'bob-laptop']) {
      await call('POST', `/clients/${client}/login`)
      await call('POST', `/clients/${client}/requests`, { method: 'GET', path: '/me', credential: 'current' })
    }
    const har = await call('GET', '/exchanges.har?secrets=shown')
    const { status, json } = await call('POST', '/assessment/har', har.json)
    expect(status).toBe(200)
    expect(json.carried).toMatchObject({ sessionCookie: 1, bearer: 1 })
    const failed = json.items.filter(({ result }: { result: string }) => result === 'fail').map(({ code }: { code: string }) => code)
    expect(failed).toContain('token-symmetric-key')
    expect(failed).not.toContain('cookie-not-http-only')
    expect(failed).not.toContain('cacheable-credential')
    const settingsNow = await call('GET', '/assessment')
    expect(settingsNow.json.items).toHaveLength(SETTING_CODES.length)
    const refused = await call('POST', '/assessment/har', { log: { version: '1.2', entries: [{}] } })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('entries')
    const large = await call('POST', '/assessment/har', { log: { version: '1.2', entries: [], comment: 'x'.repeat(2_000_000) } })
    expect(large.status).toBe(200)
    expect((await call('POST', '/assessment/har', 'x'.repeat(21_000_000))).status).toBe(413)
  } finally {
    await close()
  }
})
