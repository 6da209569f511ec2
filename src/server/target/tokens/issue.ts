import { randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { Account } from '../../../contract/accounts.ts'
import type { Clock } from '../../clock.ts'
import type { StoredAccount } from '../../storage/account-rows.ts'
import { sidOfFamily } from '../../storage/revoker.ts'
import type { TargetContext } from '../context.ts'
import { noteIssued, report, startTimer } from '../trace.ts'
import type { Keyring } from './keyring.ts'

/** Claims of an access token (RFC 9068 §2.2), with `role` as a private claim (RFC 7519 §4.3). Times in Unix seconds. */
export interface AccessClaims {
  iss: string
  aud: string
  sub: string
  iat: number
  exp: number
  jti: string
  client_id?: string
  /** The refresh family that it came with: the first 32 digits of its id. Absent from tokens of other issuers. */
  sid?: string
  role: string
  /** Space-separated (RFC 8693 §4.2). */
  scope: string
  /** Groups of the account (RFC 9068 §2.2.3.1); absent when there are none. What grows in real tokens. */
  groups?: readonly string[]
  /** Of the account, when revocation goes by that: a private claim (RFC 7519 §4.3). */
  ver?: number
}

/** What a token issuer needs to know. */
export interface TokenPolicy {
  clock: Clock
  /** Replaced as a whole when keys change. */
  keyring: Keyring
  issuer: string
  audience: string
  ttlSeconds: number
  /** How many groups every access token names; none when absent. */
  groupCount?: number
  /** How long after `exp`, or before `nbf`, a token is still accepted (RFC 7519 §4.1.4). */
  leewaySeconds: number
}

const ISSUE = { kind: 'token-issue', clause: 'RFC 9068 §2', file: 'tokens/issue.ts', symbol: 'issueAccessToken' } as const

/** Names as a directory has them (RFC 4514), each of the same length. */
const groupNames = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) =>
      `CN=app-orders-${String(at + 1).padStart(3, '0')}-readers,OU=Security Groups,OU=Applications,OU=Engineering,OU=Berlin,DC=emea,DC=corp,DC=example,DC=com`,
  )

/** What a token has to say so that nothing that was revoked before it ends it, too. */
export interface IssueTerms {
  /** `iat` is written with its fraction of a second (NumericDate, RFC 7519 §2): it is compared with moments that have one. */
  readonly isExact: boolean
  /**
   * For `iat`, lab time, Unix milliseconds: later than any revocation until then, also where the clock stands still. It is from before the
   * refresh token is stored, so that a revocation that ends the refresh token in between ends this one, too.
   */
  readonly issuedAtMs: number
  /** Claim `ver`; null when tokens carry none. */
  readonly version: number | null
}

/** The terms for an account, by the way in force; asked for before anything is stored. @throws LabError `store-unavailable` */
export const issueTerms = async (
  { clock, revocation: { way, isAccountRead, records } }: TargetContext,
  { name, passwordChangedAt }: StoredAccount,
): Promise<IssueTerms> => {
  const mark = way === 'not-before' || way === 'version' ? await records.findMark(name) : null
  const after = Math.max(way === 'not-before' ? (mark?.notBefore ?? 0) : 0, isAccountRead ? (passwordChangedAt ?? 0) : 0)
  return {
    isExact: way === 'not-before' || isAccountRead,
    issuedAtMs: Math.max(clock.nowMs(), after + 1),
    version: way === 'version' ? (mark?.version ?? 0) : null,
  }
}

/** Whom a token is for, and what it is to say. */
export interface TokenSubject {
  readonly account: Account
  readonly scope: string
  readonly clientId: string | undefined
  /** Id of the refresh family that it comes with. */
  readonly family: string
  readonly device: string | null
  readonly terms: IssueTerms
}

/** Signs an access token for the account. `typ: at+jwt` keeps it from passing for any other kind of token (RFC 8725 §3.11). @throws Error when this server only verifies */
export const issueAccessToken = (policy: TokenPolicy, subject: TokenSubject): { token: string; claims: AccessClaims } => {
  const startedAt = startTimer()
  const { signing } = policy.keyring
  if (!signing) throw new Error('No key to sign a token with.')
  const { isExact, issuedAtMs, version } = subject.terms
  const issuedAt = Math.floor(issuedAtMs / 1000)
  const claims = {
    iss: policy.issuer,
    aud: policy.audience,
    sub: subject.account.name,
    iat: isExact ? issuedAtMs / 1000 : issuedAt,
    exp: issuedAt + policy.ttlSeconds,
    jti: randomUUID(),
    ...(subject.clientId === undefined ? {} : { client_id: subject.clientId }),
    sid: sidOfFamily(subject.family),
    role: subject.account.role,
    scope: subject.scope,
    ...(policy.groupCount ? { groups: groupNames(policy.groupCount) } : {}),
    ...(version === null ? {} : { ver: version }),
  }
  // The lab clock sets iat and exp: jsonwebtoken would read the real one.
  const token = jwt.sign(claims, signing.key, { header: { alg: signing.alg, typ: 'at+jwt', kid: signing.kid } })
  report(ISSUE, {
    outcome: 'pass',
    startedAt,
    title: `Access token signed for ${claims.sub}; the server keeps no copy`,
    evidence: () => ({ alg: signing.alg, kid: signing.kid, typ: 'at+jwt', claims, bytes: token.length, stored: false }),
  })
  noteIssued({
    jti: claims.jti,
    account: claims.sub,
    clientId: subject.clientId ?? null,
    sid: claims.sid,
    device: subject.device,
    kid: signing.kid,
    alg: signing.alg,
    issuedAt: Math.round(claims.iat * 1000),
    expiresAt: claims.exp * 1000,
    bytes: token.length,
    version,
  })
  return { token, claims }
}
