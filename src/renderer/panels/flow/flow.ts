import type { StepKind } from '../../../contract/step.ts'

/** Whose part of the flow it is; `both` is the same for either. */
export type Side = 'session' | 'jwt' | 'both'
/** The parts of the flow. */
export const PHASES = ['login', 'request', 'later'] as const
/** A part of the flow. */
export type Phase = (typeof PHASES)[number]

/** One thing that happens in the flow. */
export interface Stage {
  /** The key of its words, `flow:stage.<id>`. */
  readonly id: string
  readonly side: Side
  readonly phase: Phase
  /** From the top of its phase. */
  readonly row: number
  /** The steps of an exchange that it stands for; empty where the exchange as a whole tells. */
  readonly kinds: readonly StepKind[]
}

const stage = (phase: Phase, row: number, side: Side, id: string, ...kinds: StepKind[]): Stage => ({ id, side, phase, row, kinds })

/** The whole flow of both mechanisms, from the choice between them to the check on each request, and how each ends. */
export const STAGES: readonly Stage[] = [
  stage('login', 0, 'both', 'choose'),
  stage('login', 1, 'session', 'ask-session'),
  stage('login', 1, 'jwt', 'ask-token'),
  stage('login', 2, 'both', 'password', 'rate-limit', 'password-verify'),
  stage('login', 3, 'session', 'store-session', 'session-regenerate', 'session-write'),
  stage('login', 3, 'jwt', 'sign-token', 'token-issue'),
  stage('login', 4, 'session', 'hand-cookie'),
  stage('login', 4, 'jwt', 'hand-token', 'refresh-issue'),
  stage('request', 0, 'session', 'carry-cookie'),
  stage('request', 0, 'jwt', 'carry-token'),
  stage('request', 1, 'both', 'balance', 'balancer-pick'),
  stage('request', 2, 'session', 'check-mac', 'cookie-signature'),
  stage('request', 2, 'jwt', 'check-form', 'token-decode', 'token-encoding', 'token-algorithm', 'token-key'),
  stage('request', 3, 'session', 'ask-store', 'session-lookup'),
  stage('request', 3, 'jwt', 'check-signature', 'token-signature'),
  stage('request', 4, 'session', 'check-limits', 'session-idle-timeout', 'session-absolute-timeout'),
  stage('request', 4, 'jwt', 'check-claims', 'token-type', 'token-issuer', 'token-audience', 'token-not-before', 'token-expiry'),
  stage('request', 5, 'session', 'read-account', 'account-lookup'),
  stage(
    'request',
    5,
    'jwt',
    'check-revocation',
    'token-introspection',
    'token-denylist',
    'token-account-not-before',
    'token-version',
    'account-recheck',
  ),
  stage('request', 6, 'both', 'authorize', 'role', 'scope'),
  stage('request', 7, 'both', 'answer'),
  stage('later', 0, 'session', 'roll', 'session-touch'),
  stage('later', 0, 'jwt', 'refresh', 'refresh-lookup', 'refresh-binding', 'refresh-reuse', 'refresh-expiry', 'refresh-rotate'),
  stage('later', 1, 'session', 'end-session', 'session-destroy'),
  stage('later', 1, 'jwt', 'end-token', 'refresh-revoke', 'token-revoke'),
]

/** What leads to what; `from` before `to`. */
export const LINKS: ReadonlyArray<readonly [from: string, to: string]> = [
  ['choose', 'ask-session'],
  ['choose', 'ask-token'],
  ['ask-session', 'password'],
  ['ask-token', 'password'],
  ['password', 'store-session'],
  ['password', 'sign-token'],
  ['store-session', 'hand-cookie'],
  ['sign-token', 'hand-token'],
  ['hand-cookie', 'carry-cookie'],
  ['hand-token', 'carry-token'],
  ['carry-cookie', 'balance'],
  ['carry-token', 'balance'],
  ['balance', 'check-mac'],
  ['balance', 'check-form'],
  ['check-mac', 'ask-store'],
  ['check-form', 'check-signature'],
  ['ask-store', 'check-limits'],
  ['check-signature', 'check-claims'],
  ['check-limits', 'read-account'],
  ['check-claims', 'check-revocation'],
  ['read-account', 'authorize'],
  ['check-revocation', 'authorize'],
  ['authorize', 'answer'],
]
