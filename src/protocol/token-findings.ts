import type { Severity, SignatureState, TokenFinding, TokenFindingCode } from '../contract/token-inspection.ts'
import type { JsonObject } from './jwt.ts'
import { dateClaim, type ReadToken } from './read-token.ts'
import { MAX_NAME_VALUE_OCTETS } from './set-cookie.ts'

/** What is known of a token besides its own text. */
export interface TokenSituation {
  /** Lab time, Unix milliseconds. */
  readonly nowMs: number
  /** How its signature stands to the keyring of those who verify it. */
  readonly signature: SignatureState
  /** The cookie it travels in; null when it does not. */
  readonly cookieName: string | null
  /** Those who verify it look up, each time, whether it was revoked. */
  readonly isRevocable: boolean
  /** Those who verify it read the account, each time. */
  readonly isAccountRead: boolean
}

interface Subject extends TokenSituation {
  readonly token: string
  readonly read: ReadToken
  readonly header: JsonObject
  readonly payload: JsonObject
}

type Evidence = Record<string, unknown>

interface Rule {
  readonly code: TokenFindingCode
  readonly severity: Severity
  readonly clause: string
  /** Whether the question makes sense for this token; always, when absent. */
  appliesTo?(subject: Subject): boolean
  /** Null when it is not so. */
  find(subject: Subject): Evidence | null
}

/** RFC 6750 §5.3: "one hour or less". */
const LONG_LIFE_MS = 3_600_000

/** Claims that name or describe a person (OpenID Connect Core §5.1). */
const PERSONAL = new Set([
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'email',
  'phone_number',
  'address',
  'birthdate',
  'gender',
  'picture',
])
/** Claims that say who somebody is to this service, and what they may do. */
const AUTHORITY = ['sub', 'role', 'roles', 'groups', 'scope'] as const
const OWN_KEYS = ['jku', 'jwk', 'x5u', 'x5c'] as const

const algOf = ({ header }: Subject): string => (typeof header['alg'] === 'string' ? header['alg'] : '')
const isNone = (subject: Subject): boolean => algOf(subject).toLowerCase() === 'none'
const isHmac = (subject: Subject): boolean => /^HS\d/.test(algOf(subject))
const isReadable = ({ read }: Subject): boolean => read.header !== null && read.payload !== null
// What a strict reader refuses is not accepted, whatever its signature is worth.
const isAccepted = ({ signature, read }: Subject): boolean => signature === 'valid' && read.flaw === null
const isExpired = ({ payload, nowMs }: Subject): boolean => {
  const exp = dateClaim(payload, 'exp')
  return exp !== null && nowMs >= exp
}
const isLive = (subject: Subject): boolean => isAccepted(subject) && !isExpired(subject)
const absent = (from: JsonObject, name: string): Evidence | null => (name in from ? null : { missing: name })
const present = (from: JsonObject, names: readonly string[]): Evidence | null => {
  const found = names.filter((name) => name in from)
  return found.length > 0 ? { names: found } : null
}

/** Questions about the form of a token. */
const FORM: readonly Rule[] = [
  {
    code: 'not-canonical',
    severity: 2,
    clause: 'RFC 7515 §2',
    appliesTo: ({ read }) => read.form === 'jws',
    find: ({ read }) => (read.flaw === 'not-canonical-base64url' ? { part: read.flawedPart } : null),
  },
  {
    code: 'malformed',
    severity: 2,
    clause: 'RFC 7519 §7.2',
    appliesTo: ({ read }) => read.form !== 'jwe' && read.flaw !== 'not-canonical-base64url',
    find: ({ read }) => (read.flaw === null ? null : { flaw: read.flaw, part: read.flawedPart }),
  },
]

/** Questions about how it is signed, and with what. */
const SIGNATURE: readonly Rule[] = [
  {
    code: 'alg-none',
    severity: 3,
    clause: 'RFC 7518 §3.6',
    appliesTo: ({ read }) => read.header !== null && read.form === 'jws',
    find: (subject) => (isNone(subject) ? { alg: algOf(subject) } : null),
  },
  {
    code: 'algorithm-unknown',
    severity: 2,
    clause: 'RFC 8725 §3.1',
    appliesTo: (subject) => subject.read.header !== null && subject.read.form === 'jws' && !isNone(subject),
    find: (subject) => (subject.signature === 'unsupported-algorithm' ? { alg: subject.header['alg'] ?? null } : null),
  },
  {
    code: 'symmetric-key',
    severity: 3,
    clause: 'RFC 7515 §10.5',
    appliesTo: (subject) => subject.read.form === 'jws' && algOf(subject) !== '' && !isNone(subject),
    find: (subject) => (isHmac(subject) ? { alg: algOf(subject), kid: subject.header['kid'] ?? null } : null),
  },
  {
    code: 'hmac-key-unknown',
    severity: 2,
    clause: 'RFC 8725 §2.2',
    // A signature that does not fit a known key says nothing about that key.
    appliesTo: (subject) => isHmac(subject) && ['valid', 'retired-key', 'unknown-key'].includes(subject.signature),
    find: (subject) => (subject.signature === 'unknown-key' ? { alg: algOf(subject) } : null),
  },
  {
    code: 'key-in-header',
    severity: 3,
    clause: 'OWASP ASVS 5 V9.1.3',
    appliesTo: ({ read }) => read.header !== null,
    find: ({ header }) => present(header, OWN_KEYS),
  },
  {
    code: 'kid-with-syntax',
    severity: 3,
    clause: 'RFC 8725 §3.10',
    appliesTo: ({ header }) => 'kid' in header,
    find: ({ header: { kid } }) => (typeof kid === 'string' && !/['"`;\\/%|&<>\s]|\.\.|--/.test(kid) ? null : { kid }),
  },
  {
    code: 'unknown-crit',
    severity: 2,
    clause: 'RFC 7515 §4.1.11',
    appliesTo: ({ read }) => read.header !== null,
    find: ({ header }) => ('crit' in header ? { crit: header['crit'] } : null),
  },
]

/** Questions about how long it is good, and against whom. */
const LIFE: readonly Rule[] = [
  {
    code: 'stolen-copy-works',
    severity: 3,
    clause: 'RFC 6750 §1.2',
    appliesTo: isLive,
    // RFC 7800 §3.1: a token with `cnf` is bound to a key that its presenter must prove to have.
    find: ({ payload }) => ('cnf' in payload ? null : { missing: 'cnf' }),
  },
  {
    code: 'outlives-logout',
    severity: 2,
    clause: 'OWASP ASVS 5 V7.4.1',
    appliesTo: isLive,
    find: ({ isRevocable, payload }) => (isRevocable ? null : { exp: payload['exp'] ?? null }),
  },
  {
    code: 'stale-authority',
    severity: 2,
    clause: 'OWASP ASVS 5 V8.3.2',
    appliesTo: (subject) => isLive(subject) && present(subject.payload, ['role', 'roles', 'groups', 'scope']) !== null,
    find: ({ isAccountRead, payload }) => (isAccountRead ? null : present(payload, ['role', 'roles', 'groups', 'scope'])),
  },
  {
    code: 'no-exp',
    severity: 3,
    clause: 'RFC 9068 §2.2',
    appliesTo: isReadable,
    find: ({ payload }) => (dateClaim(payload, 'exp') === null ? { missing: 'exp' } : null),
  },
  {
    code: 'long-life',
    severity: 2,
    clause: 'RFC 6750 §5.3',
    appliesTo: ({ payload }) => dateClaim(payload, 'exp') !== null && dateClaim(payload, 'iat') !== null,
    find: ({ payload }) => {
      const lifeMs = (dateClaim(payload, 'exp') ?? 0) - (dateClaim(payload, 'iat') ?? 0)
      return lifeMs > LONG_LIFE_MS ? { seconds: lifeMs / 1000 } : null
    },
  },
  {
    code: 'not-yet-valid',
    severity: 1,
    clause: 'RFC 7519 §4.1.5',
    appliesTo: ({ payload }) => 'nbf' in payload,
    find: ({ payload, nowMs }) => ((dateClaim(payload, 'nbf') ?? Number.POSITIVE_INFINITY) > nowMs ? { nbf: payload['nbf'] } : null),
  },
]

/** Questions about what it says. */
const CONTENT: readonly Rule[] = [
  { code: 'no-aud', severity: 2, clause: 'RFC 8725 §3.9', appliesTo: isReadable, find: ({ payload }) => absent(payload, 'aud') },
  { code: 'no-iss', severity: 2, clause: 'RFC 9068 §2.2', appliesTo: isReadable, find: ({ payload }) => absent(payload, 'iss') },
  {
    code: 'no-typ',
    severity: 2,
    clause: 'RFC 8725 §3.11',
    appliesTo: isReadable,
    // "JWT" says no more than that it is one: it tells no kind from another.
    find: ({ header: { typ } }) => (typeof typ === 'string' && typ.toUpperCase() !== 'JWT' ? null : { typ: typ ?? null }),
  },
  { code: 'no-jti', severity: 2, clause: 'RFC 9068 §2.2', appliesTo: isReadable, find: ({ payload }) => absent(payload, 'jti') },
  {
    code: 'personal-data',
    severity: 2,
    clause: 'RFC 7519 §12',
    appliesTo: ({ read }) => read.payload !== null,
    find: ({ payload }) =>
      present(
        payload,
        Object.keys(payload).filter((name) => PERSONAL.has(name)),
      ),
  },
  {
    code: 'readable-claims',
    severity: 1,
    clause: 'RFC 7519 §12',
    appliesTo: ({ read }) => read.payload !== null,
    find: ({ payload }) => present(payload, AUTHORITY),
  },
  {
    code: 'too-large-for-cookie',
    severity: 3,
    clause: 'RFC 6265bis §5.6',
    appliesTo: ({ cookieName }) => cookieName !== null,
    find: ({ token, cookieName }) => {
      const octets = token.length + (cookieName?.length ?? 0)
      return octets > MAX_NAME_VALUE_OCTETS ? { octets, limit: MAX_NAME_VALUE_OCTETS } : null
    },
  },
]

const RULES: readonly Rule[] = [...SIGNATURE, ...LIFE, ...CONTENT, ...FORM]

/** What is weak about a token, the gravest first, and what was looked for and is not so. Pure; never throws. */
export function tokenFindings(
  token: string,
  read: ReadToken,
  situation: TokenSituation,
): { findings: TokenFinding[]; passed: { code: TokenFindingCode; clause: string }[] } {
  const subject: Subject = { ...situation, token, read, header: read.header ?? {}, payload: read.payload ?? {} }
  const findings: TokenFinding[] = []
  const passed: { code: TokenFindingCode; clause: string }[] = []
  for (const { code, severity, clause, appliesTo, find } of RULES) {
    if (appliesTo && !appliesTo(subject)) continue
    const evidence = find(subject)
    if (evidence) findings.push({ code, severity, clause, evidence })
    else passed.push({ code, clause })
  }
  return { findings: findings.sort((one, other) => other.severity - one.severity), passed }
}
