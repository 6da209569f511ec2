import type { Verdict } from '../../../contract/verdict.ts'
import type { JsonObject } from '../../../protocol/jwt.ts'
import type { StepSource } from '../trace.ts'
import type { TokenPolicy } from './issue.ts'
import type { VerifyingKey } from './keyring.ts'

/** The token while it is being checked: each check adds what the next ones need. */
export interface Candidate {
  readonly token: string
  readonly policy: TokenPolicy
  /** To the millisecond: an `exp` may have a fraction (RFC 7519 §2, NumericDate). */
  readonly nowSeconds: number
  parts: [string, string, string]
  header: JsonObject
  key: VerifyingKey | null
  /** Empty until the signature has verified. */
  claims: JsonObject
}

/** What a check found: `denied` null means that it passed. */
export interface Finding {
  denied: Verdict | null
  title: string
  evidence?: () => Record<string, unknown>
}

/** One check of a token and the step it becomes. */
export type Check = StepSource & {
  run(candidate: Candidate): Finding
  /** For the last look at what was decoded: that it was decoded has been shown. */
  isShownOnlyWhenDenied?: boolean
}

/** The check passed. */
export const pass = (title: string, evidence?: () => Record<string, unknown>): Finding => ({ denied: null, title, evidence })
/** The check failed, with this verdict. */
export const deny = (denied: Verdict, title: string, evidence?: () => Record<string, unknown>): Finding => ({ denied, title, evidence })
