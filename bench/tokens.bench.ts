import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import type { Request, Response } from 'express'
import jwt from 'jsonwebtoken'
import type { TokenAlgorithm } from '../src/contract/token-algorithm.ts'
import { generateKey } from '../src/server/new-key.ts'
import { issueAccessToken, type TokenPolicy } from '../src/server/target/tokens/issue.ts'
import { createKeyring } from '../src/server/target/tokens/keyring.ts'
import { verifyAccessToken } from '../src/server/target/tokens/verify.ts'
import { traceExchanges } from '../src/server/target/trace.ts'
import type { TokenKeySource } from '../src/server/target-keys.ts'
import { type BenchRow, median, row } from './bench-row.ts'

const ROUNDS = 15
const WARM_UP = 5
/** Verifications of one subject before the next has its turn. */
const SLICE = 100
const SLICES = 15
const TARGETS = { HS256: 0.6, RS256: 0.9, PS256: null, ES256: 0.9 } as const
type Measured = keyof typeof TARGETS

const ISSUER = 'https://issuer.test'
const AUDIENCE = 'https://api.test'
/** As many as clients of a busy server have: nothing is verified twice in a row. */
const TOKENS = 64

type Verify = (token: string) => void

const policyOf = (source: TokenKeySource): TokenPolicy => ({
  clock: { nowMs: () => Date.now() },
  keyring: createKeyring([source]),
  issuer: ISSUER,
  audience: AUDIENCE,
  ttlSeconds: 86_400,
  leewaySeconds: 0,
})

/** Id of a family of refresh tokens. */
const FAMILY = '0123456789abcdef'.repeat(4)
const ACCOUNT = { name: 'alice', role: 'admin' as const, scopes: ['profile', 'orders:read', 'admin:read'], isDisabled: false }

const tokensOf = (policy: TokenPolicy): string[] =>
  Array.from(
    { length: TOKENS },
    () =>
      issueAccessToken(policy, {
        account: ACCOUNT,
        scope: ACCOUNT.scopes.join(' '),
        clientId: 'web',
        device: null,
        family: FAMILY,
        terms: { isExact: false, issuedAtMs: Date.now(), version: null },
      }).token,
  )

const keyObject = ({ alg, jwk }: TokenKeySource): KeyObject =>
  alg.startsWith('HS') ? createSecretKey(jwk['k'] ?? '', 'base64url') : createPublicKey({ key: jwk, format: 'jwk' })

/** jsonwebtoken as one should use it: a KeyObject, a list of algorithms, issuer and audience. */
const byJsonwebtoken = (source: TokenKeySource): Verify => {
  const key = keyObject(source)
  const options = { algorithms: [source.alg], issuer: ISSUER, audience: AUDIENCE }
  return (token) => void jwt.verify(token, key, options)
}

const ours =
  (policy: TokenPolicy): Verify =>
  (token) => {
    const { denied } = verifyAccessToken(policy, token)
    if (denied !== null) throw new Error(denied)
  }

/** One exchange for each token: its steps are collected, as in a request. @param isPosted they are also made into what leaves the node */
const traced = (policy: TokenPolicy, isPosted: boolean): Verify => {
  const verify = ours(policy)
  let close = (): void => undefined
  const request = { headers: { 'x-authlab-exchange': 'bench' } } as unknown as Request
  const head = {
    setHeader: () => head,
    writeHead: () => head,
    on: (_event: string, listener: () => void) => {
      close = listener
    },
  }
  const middleware = traceExchanges({ nodeId: 'bench', isTracing: true, onTrace: () => undefined })
  return (token) => {
    middleware(request, head as unknown as Response, () => verify(token))
    if (isPosted) close()
  }
}

const microseconds = (verify: Verify, tokens: readonly string[]): number => {
  const startedAt = performance.now()
  for (let count = 0; count < SLICE; count++) verify(tokens[count % tokens.length] as string)
  return ((performance.now() - startedAt) * 1000) / SLICE
}

/**
 * Microseconds of one verification by each subject in each round: the median of short slices in turn, since the one in which something else
 * had the processor says nothing.
 */
const interleave = (subjects: Record<string, Verify>, tokens: readonly string[]): Map<string, number[]> => {
  const entries = Object.entries(subjects)
  const found = new Map<string, number[]>(entries.map(([name]) => [name, []]))
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const slices = entries.map((): number[] => [])
    for (let slice = 0; slice < SLICES; slice++)
      for (let turn = 0; turn < entries.length; turn++) {
        const index = (turn + slice) % entries.length
        slices[index]?.push(microseconds((entries[index] as [string, Verify])[1], tokens))
      }
    if (round < 0) continue
    for (const [index, [name]] of entries.entries()) found.get(name)?.push(median(slices[index] ?? []))
  }
  return found
}

async function verification(alg: Measured): Promise<BenchRow[]> {
  const source: TokenKeySource = { ...(await generateKey(alg satisfies TokenAlgorithm)), isSigning: true }
  const policy = policyOf(source)
  const subjects = {
    jsonwebtoken: byJsonwebtoken(source),
    traced: traced(policy, false),
    posted: traced(policy, true),
    untraced: ours(policy),
  }
  const found = interleave(subjects, tokensOf(policy))
  const of = (name: keyof typeof subjects): number[] => found.get(name) ?? []
  const against = (name: keyof typeof subjects): number[] => of('jsonwebtoken').map((peer, round) => peer / (of(name)[round] ?? Number.NaN))
  const limit = TARGETS[alg]
  return [
    row(
      `${alg}: tokens a second, ours with its steps / jsonwebtoken with a KeyObject`,
      against('traced'),
      'x',
      limit === null ? undefined : ['>=', limit],
    ),
    row(`${alg}: the same, the steps made into what leaves the node`, against('posted'), 'x'),
    row(`${alg}: the same, without steps`, against('untraced'), 'x'),
    row(`${alg}: one token, ours with its steps`, of('traced'), ' us'),
    row(`${alg}: one token, jsonwebtoken`, of('jsonwebtoken'), ' us'),
  ]
}

/** What checking a token costs, next to jsonwebtoken. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const alg of Object.keys(TARGETS) as Measured[]) rows.push(...(await verification(alg)))
  return rows
}
