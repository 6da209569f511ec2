import type { RevocationWay } from '../../../contract/revocation.ts'
import type { Soon } from '../../storage/session-records.ts'
import { challenge } from '../challenge.ts'
import type { TargetContext } from '../context.ts'
import type { Denial } from '../problem.ts'
import { report, type StepSource, startTimer } from '../trace.ts'
import type { AccessClaims } from './issue.ts'

/** Whether a token that has verified was ended early; null when it was not. */
type Look = (context: TargetContext, claims: AccessClaims) => Soon<Denial | null>

/** What a look-up found: `isEnded` null when the token goes on. */
interface Found {
  isEnded: boolean
  title: string
  evidence: () => Record<string, unknown>
}

const FILE = 'tokens/check-revocation.ts'
const DENYLIST = { kind: 'token-denylist', clause: 'RFC 7519 §4.1.7', file: FILE, symbol: 'denylist' } as const
const NOT_BEFORE = { kind: 'token-account-not-before', clause: 'RFC 7519 §4.1.6', file: FILE, symbol: 'notBefore' } as const
const VERSION = { kind: 'token-version', clause: 'RFC 7519 §4.3', file: FILE, symbol: 'version' } as const

/** A good signature says nothing of what has happened since. */
export const tokenRevoked = (title: string): Denial => ({
  verdict: 'token-revoked',
  status: 401,
  detail: `${title}. Log in again.`,
  challenge: challenge('invalid_token', title),
})

/** One use of the store as one step. Where the store answers at once, so does this; where it does not answer, nobody is let in. */
const lookUp = <T>(source: StepSource, asked: Record<string, unknown>, find: () => Soon<T>, judge: (found: T) => Found) => {
  const startedAt = startTimer()
  const judged = (found: T): Denial | null => {
    const { isEnded, title, evidence } = judge(found)
    report(source, { outcome: isEnded ? 'fail' : 'pass', startedAt, title, evidence: () => ({ ...asked, ...evidence() }) })
    return isEnded ? tokenRevoked(title) : null
  }
  const unreached = (error: unknown): never => {
    report(source, {
      outcome: 'fail',
      startedAt,
      title: 'The store does not answer',
      evidence: () => ({ ...asked, isReached: false }),
    })
    throw error
  }
  let found: Soon<T>
  try {
    found = find()
  } catch (error) {
    return unreached(error)
  }
  return found instanceof Promise ? found.then(judged, unreached) : judged(found)
}

/** Keyed on `iss` and `jti`, never on the text of the token, which may have more than one spelling. `sid` ends all of one login. */
const denylist: Look = ({ revocation: { records } }, { iss, jti, sid = null }) => {
  const { store, statements } = records
  const asked = { store, sql: statements?.findDenied, iss, jti, sid }
  return lookUp(
    DENYLIST,
    asked,
    () => records.findDenied(jti, sid),
    (row) => ({
      isEnded: row !== null,
      title: row === null ? 'Not on the denylist' : TITLES[row.kind],
      evidence: () => ({ rows: row ? 1 : 0, row, claim: row?.kind ?? 'jti', value: row?.value ?? jti }),
    }),
  )
}
const TITLES = { jti: 'This token is on the denylist', sid: 'The login that this token came from is on the denylist' } as const

/** `iat` carries a fraction under this way, so that a token from right after the moment is told from one of right before. */
const notBefore: Look = ({ revocation: { records } }, { sub, iat }) => {
  const { store, statements } = records
  const asked = { store, sql: statements?.findMark, account: sub }
  return lookUp(
    NOT_BEFORE,
    asked,
    () => records.findMark(sub),
    (row) => {
      const limit = row?.notBefore ?? null
      const isEnded = limit !== null && Math.round(iat * 1000) <= limit
      return {
        isEnded,
        title: isEnded
          ? `Issued before all tokens of ${sub} were revoked`
          : `Issued after the last revocation for ${sub}, if there was one`,
        evidence: () => ({ rows: row ? 1 : 0, row, claim: 'iat', value: iat, limit }),
      }
    },
  )
}

/** A token without `ver` is one from before there were versions: the first. */
const version: Look = ({ revocation: { records } }, { sub, ver = 0 }) => {
  const { store, statements } = records
  const asked = { store, sql: statements?.findMark, account: sub }
  return lookUp(
    VERSION,
    asked,
    () => records.findMark(sub),
    (row) => {
      const limit = row?.version ?? 0
      const isEnded = ver < limit
      return {
        isEnded,
        title: isEnded ? `Version ${ver}; since then all tokens of ${sub} were revoked` : `Version ${ver} is the current one of ${sub}`,
        evidence: () => ({ rows: row ? 1 : 0, row, claim: 'ver', value: ver, limit }),
      }
    },
  )
}

const LOOKS: Readonly<Partial<Record<RevocationWay, Look>>> = { denylist, 'not-before': notBefore, version }

/** Asks, by the way in force, whether a token that has verified was ended early. Under `none` nobody is asked. @throws LabError `store-unavailable` */
export const checkRevocation: Look = (context, claims) => LOOKS[context.revocation.way]?.(context, claims) ?? null

/** The same at the authorization server, which under `introspection` is the one that knows. @throws LabError `store-unavailable` */
export const checkAsIssuer: Look = (context, claims) =>
  context.revocation.way === 'introspection' ? denylist(context, claims) : checkRevocation(context, claims)
