import { z } from 'zod'

/** Every kind of step that the balancer or the target reports, in the order they usually come. */
export const STEP_KINDS = [
  'balancer-pick',
  'node-latency',
  'rate-limit',
  'csrf',
  'cookie-parse',
  'cookie-signature',
  'session-lookup',
  'session-idle-timeout',
  'session-absolute-timeout',
  'authorization-parse',
  'token-decode',
  'token-encoding',
  'token-algorithm',
  'token-key',
  'token-signature',
  'token-type',
  'token-issuer',
  'token-audience',
  'token-not-before',
  'token-expiry',
  'client-authentication',
  'token-introspection',
  'token-denylist',
  'token-account-not-before',
  'token-version',
  'account-recheck',
  'account-lookup',
  'password-verify',
  'role',
  'scope',
  'session-regenerate',
  'session-write',
  'session-overwrite',
  'session-save-refused',
  'session-touch',
  'session-destroy',
  'refresh-lookup',
  'refresh-binding',
  'refresh-reuse',
  'refresh-expiry',
  'refresh-rotate',
  'refresh-issue',
  'refresh-revoke',
  'token-revoke',
  'token-issue',
  'account-write',
  'steps-missing',
  'answer',
] as const

/** Schema of a step kind. */
export const StepKind = z.enum(STEP_KINDS)
/** The kind of a step: the key of its words in every language. */
export type StepKind = z.infer<typeof StepKind>

/** Schema of one step. */
export const Step = z.object({
  kind: StepKind,
  outcome: z.enum(['pass', 'fail', 'info']),
  /** Time this step took on the node, in microseconds. */
  durationUs: z.number().nonnegative(),
  /** One English sentence; the workbench translates by kind, outcome and evidence. */
  title: z.string(),
  /** What proves it: the SQL and the row, the claim and the limit, the key id. Never a usable secret. */
  evidence: z.record(z.string(), z.unknown()),
  /** The clause of the standard that asks for this step, for example `RFC 7519 §4.1.4`. */
  clause: z.string().optional(),
  /** The code that ran. */
  source: z.object({ file: z.string(), symbol: z.string() }),
})
/** One thing the server did for an exchange. */
export type Step = z.infer<typeof Step>
