import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '../../../src/contract/token-algorithm.ts'
import { generateKey } from '../../../src/server/new-key.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'
import { AUDIENCE, bearer, ISSUER, startTarget, type Target } from '../support.ts'
import { CLAIMS, TIMES } from './boundary-claims.ts'
import { FORMS, HEADERS } from './boundary-headers.ts'
import type { BoundaryCase, Mint } from './boundary-tokens.ts'
import { byJose, byJsonwebtoken } from './peers.ts'

const keys: TokenKeySource[] = []
/** One target for each leeway, with the same keys and the same time. */
const targets = new Map<number, Target>()
let mint: Mint

beforeAll(async () => {
  for (const alg of TOKEN_ALGORITHMS) keys.push({ ...(await generateKey(alg)), isSigning: alg === 'HS256' })
  for (const leewaySeconds of [0, 5])
    targets.set(leewaySeconds, await startTarget({ leewaySeconds, keys: { cookieSecrets: ['one'], tokenKeys: keys } }))
  const now = Math.floor((targets.get(0)?.clock.nowMs() ?? 0) / 1000)
  for (const target of targets.values()) target.clock.setOffset(now * 1000 + 400 - Date.now())
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', iat: now, exp: now + 900, jti: 'one', role: 'admin', scope: 'profile' }
  mint = { now, claims, keyOf: (alg: TokenAlgorithm) => keys.find((key) => key.alg === alg) as TokenKeySource }
})
afterAll(async () => {
  for (const target of targets.values()) await target.close()
})

const judge = async ({ token, leewaySeconds = 0 }: BoundaryCase): Promise<[string, string, string]> => {
  const text = token(mint)
  const { status, trace } = await (targets.get(leewaySeconds) as Target).send('GET', '/me', { headers: bearer(text) })
  expect(status).toBe(trace.verdict === 'allowed' ? 200 : 401)
  const judgement = { keys, issuer: ISSUER, audience: AUDIENCE, nowSeconds: mint.now, leewaySeconds }
  return [trace.verdict, await byJose(judgement, text), await byJsonwebtoken(judgement, text)]
}

describe.each([
  ['times', TIMES],
  ['claims', CLAIMS],
  ['the header', HEADERS],
  ['form and signature', FORMS],
])('ours, jose and jsonwebtoken on %s', (_topic, cases) => {
  test.each(cases.map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    expect(await judge(row)).toEqual(row.judged)
    const isAccepted = row.judged.map((verdict) => verdict === 'allowed' || verdict === 'accepted')
    if (new Set(isAccepted).size > 1) expect(row.why, 'a difference needs its reason').toBeTruthy()
  })
})
