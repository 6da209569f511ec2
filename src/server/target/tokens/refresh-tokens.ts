import { randomBytes } from 'node:crypto'
import type { StoredAccount } from '../../storage/account-rows.ts'
import type { RefreshOutcome, RefreshRecord, RefreshStore } from '../../storage/refresh-store.ts'
import { sidOfFamily } from '../../storage/revoker.ts'
import { lookUpAccount } from '../accounts.ts'
import type { TargetContext } from '../context.ts'
import type { Denial } from '../problem.ts'
import { noteAudit, report, type StepResult, startTimer } from '../trace.ts'
import { type IssueTerms, issueTerms } from './issue.ts'
import { revokeDevice } from './revoke-access.ts'

/** What refresh tokens live by, seconds. */
export interface RefreshLimits {
  /** From a token's issue. */
  readonly idleSeconds: number
  /** From the login; rotation does not move it. */
  readonly absoluteSeconds: number
  /** How long after its use a token is taken once more, as when two tabs refresh at once; 0 = never. */
  readonly graceSeconds: number
}

/** What the routes need for refresh tokens. */
export interface RefreshPolicy {
  readonly limits: RefreshLimits
  readonly store: RefreshStore
}

/** A refresh token as it leaves the server; it is not kept. */
export interface IssuedRefresh {
  readonly token: string
  /** Id of its family. */
  readonly family: string
  /** Lab time, Unix milliseconds. */
  readonly expiresAt: number
}

/** What a refresh token was good for, or why it was refused. */
export type Refreshed =
  | { denial: null; refresh: IssuedRefresh; account: StoredAccount; terms: IssueTerms; scope: string }
  | { denial: Denial; error: 'invalid_grant' | 'invalid_scope' }

const FILE = 'tokens/refresh-tokens.ts'
const ISSUE = { kind: 'refresh-issue', clause: 'RFC 6749 §1.5', file: FILE, symbol: 'issueRefreshToken' } as const
const LOOKUP = { kind: 'refresh-lookup', clause: 'RFC 6749 §6', file: FILE, symbol: 'findBound' } as const
const BINDING = { kind: 'refresh-binding', clause: 'RFC 6749 §6', file: FILE, symbol: 'findBound' } as const
const REUSE = { kind: 'refresh-reuse', clause: 'RFC 9700 §4.14.2', file: FILE, symbol: 'rotateOnce' } as const
const EXPIRY = { kind: 'refresh-expiry', clause: 'RFC 9700 §4.14.2', file: FILE, symbol: 'rotateOnce' } as const
const ROTATE = { kind: 'refresh-rotate', clause: 'RFC 9700 §4.14.2', file: FILE, symbol: 'rotateOnce' } as const

/** Octets from a CSPRNG; RFC 6749 §10.10 asks that a guess hits with less than 2^-128. */
const TOKEN_BYTES = 32

const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url')

/** Begins a family of refresh tokens at a login. The token is opaque and random: only its hash is stored. */
export const issueRefreshToken = async (
  context: TargetContext,
  grant: { account: string; clientId: string | undefined; scope: string; device: string | null },
): Promise<IssuedRefresh> => {
  const startedAt = startTimer()
  const { limits, store } = context.refresh
  const now = context.clock.nowMs()
  const token = newToken()
  const absoluteExpiresAt = now + limits.absoluteSeconds * 1000
  const idleExpiresAt = now + limits.idleSeconds * 1000
  const { account, scope, clientId = null, device } = grant
  const family = { account, scope, clientId, device, idleExpiresAt, absoluteExpiresAt }
  const id = await store.begin(token, family, now)
  report(ISSUE, {
    outcome: 'pass',
    startedAt,
    title: `Refresh token issued to ${account}; only its hash is stored`,
    evidence: () => ({
      sql: store.statements?.begin,
      id,
      family: id,
      clientId,
      scope,
      bits: TOKEN_BYTES * 8,
      idleExpiresAt,
      absoluteExpiresAt,
    }),
  })
  return { token, family: id, expiresAt: Math.min(idleExpiresAt, absoluteExpiresAt) }
}

const refused = (verdict: Denial['verdict'], detail: string): { denial: Denial; error: 'invalid_grant' } => ({
  denial: { verdict, status: 400, detail },
  error: 'invalid_grant',
})

const UNKNOWN = refused('refresh-unknown', 'This refresh token is not known here. Log in again.')
const OTHER_CLIENT = refused('refresh-unknown', 'This refresh token was issued to another client.')
const REUSED = refused('refresh-reused', 'This refresh token has been used before: the whole family is revoked. Log in again.')
const REVOKED = refused('token-revoked', 'This refresh token has been revoked. Log in again.')
const EXPIRED = refused('refresh-expired', 'This refresh token has expired. Log in again.')
const DISABLED = refused('account-disabled', 'This account is disabled.')

/** The token's record, if it was issued to this client (RFC 6749 §6); null when not, and then why. */
export const findBound = async (
  { refresh: { store } }: TargetContext,
  token: string,
  clientId: string | null,
): Promise<{ record: RefreshRecord; why: null } | { record: null; why: typeof UNKNOWN & { isOtherClient: boolean } }> => {
  const startedAt = startTimer()
  const record = await store.find(token)
  report(LOOKUP, {
    outcome: record ? 'pass' : 'fail',
    startedAt,
    title: record ? 'The hash of the refresh token is in the store' : 'The store knows no such refresh token',
    evidence: () => ({ sql: store.statements?.find, rows: record ? 1 : 0, row: record }),
  })
  if (!record) return { record: null, why: { ...UNKNOWN, isOtherClient: false } }
  const isBound = record.clientId === clientId
  report(BINDING, {
    outcome: isBound ? 'pass' : 'fail',
    startedAt,
    title: isBound ? 'It was issued to this client' : 'It was issued to another client',
    evidence: () => ({ clientId, limit: record.clientId, account: record.account, family: record.family }),
  })
  return isBound ? { record, why: null } : { record: null, why: { ...OTHER_CLIENT, isOtherClient: true } }
}

const reuseResult = (outcome: RefreshOutcome, context: TargetContext): Omit<StepResult, 'startedAt'> => {
  const { record, state } = outcome
  const isGrace = state === 'rotated' && outcome.isGrace
  const evidence = () => ({
    id: record?.id ?? null,
    family: record?.family ?? null,
    usedAt: record?.usedAt ?? null,
    now: context.clock.nowMs(),
    graceSeconds: context.refresh.limits.graceSeconds,
    revokedReason: state === 'reused' ? 'reused' : (record?.revokedReason ?? null),
    ...(state === 'reused' && { sql: context.refresh.store.statements?.revoke }),
  })
  if (state === 'reused')
    return { outcome: 'fail', title: 'Used before: somebody may have a copy, so the whole family is revoked', evidence }
  if (state === 'revoked') return { outcome: 'fail', title: 'Its family has been revoked', evidence }
  if (isGrace) return { outcome: 'info', title: 'Used before, but within the grace window', evidence }
  return { outcome: 'pass', title: 'Not used before; its family is in force', evidence }
}

const reportRotation = (outcome: RefreshOutcome, context: TargetContext, startedAt: number): void => {
  const { state, record } = outcome
  report(REUSE, { ...reuseResult(outcome, context), startedAt })
  if (state === 'unknown' || state === 'reused' || state === 'revoked') return
  const { idleExpiresAt, absoluteExpiresAt, id: parent, family } = record
  const isLive = state === 'rotated'
  report(EXPIRY, {
    outcome: isLive ? 'pass' : 'fail',
    startedAt,
    title: isLive ? 'Within its idle and absolute limits' : 'Past its idle or absolute limit',
    evidence: () => ({
      value: record.issuedAt,
      limit: state === 'absolute-expired' ? absoluteExpiresAt : Math.min(idleExpiresAt, absoluteExpiresAt),
      now: context.clock.nowMs(),
    }),
  })
  if (state !== 'rotated') return
  report(ROTATE, {
    outcome: 'pass',
    startedAt,
    title: 'Marked as used, and a new one stored, in one step',
    evidence: () => ({ sql: context.refresh.store.statements?.rotate, id: outcome.nextId, parent, family }),
  })
}

const DENIALS = { unknown: UNKNOWN, revoked: REVOKED, reused: REUSED, 'idle-expired': EXPIRED, 'absolute-expired': EXPIRED } as const

/** Gives the token for a new one; the store says whether it was the first to do so. */
const rotateOnce = async (context: TargetContext, token: string): Promise<{ denial: null; refresh: IssuedRefresh } | typeof UNKNOWN> => {
  const startedAt = startTimer()
  const next = newToken()
  const { limits, store } = context.refresh
  const now = context.clock.nowMs()
  const idleExpiresAt = now + limits.idleSeconds * 1000
  const outcome = await store.rotate({ token, next, now, idleExpiresAt, graceMs: limits.graceSeconds * 1000 })
  reportRotation(outcome, context, startedAt)
  if (outcome.state === 'reused') noteAudit({ kind: 'refresh-reused', account: outcome.record.account, name: null })
  if (outcome.state !== 'rotated') return DENIALS[outcome.state]
  const { family, absoluteExpiresAt } = outcome.record
  return { denial: null, refresh: { token: next, family, expiresAt: Math.min(idleExpiresAt, absoluteExpiresAt) } }
}

/**
 * Gives a refresh token for a new one, once (RFC 9700 §4.14.2): the account is read anew, so a change of role or scopes reaches the next
 * access token.
 * @param asked.scope fewer scopes than were granted, or absent for all; never more (RFC 6749 §6)
 */
export const rotateRefreshToken = async (
  context: TargetContext,
  asked: { token: string; clientId: string | undefined; scope: string | undefined },
): Promise<Refreshed> => {
  const found = await findBound(context, asked.token, asked.clientId ?? null)
  if (!found.record) return found.why
  const granted = found.record.scope.split(' ').filter(Boolean)
  const wanted = asked.scope?.split(' ').filter(Boolean) ?? []
  if (wanted.some((scope) => !granted.includes(scope))) {
    const denial: Denial = { verdict: 'insufficient-scope', status: 400, detail: 'The login granted fewer scopes than these.' }
    return { denial, error: 'invalid_scope' }
  }
  const account = lookUpAccount(context, found.record.account)
  // Asked before the token is used: a store that does not answer must not cost the client its login.
  const terms = account ? await issueTerms(context, account) : null
  // Used first: an old copy ends its family whatever has become of the account.
  const used = await rotateOnce(context, asked.token)
  if (used.denial) {
    // RFC 9700 §4.14.2: whoever has the copy may have its access tokens, too.
    if (used.denial.verdict === 'refresh-reused') await revokeDevice(context, sidOfFamily(found.record.family), found.record.account)
    return used
  }
  if (!account || !terms || account.isDisabled) return DISABLED
  const scopes = account.scopes.filter((scope) => (wanted.length === 0 ? granted : wanted).includes(scope))
  return { denial: null, refresh: used.refresh, account, terms, scope: scopes.join(' ') }
}
