import type { Severity } from '../contract/token-inspection.ts'

/** What can be found about a cookie that carries a credential; the key of its words in every language. */
export const COOKIE_FINDING_CODES = [
  'stolen-cookie-works',
  'needs-store',
  'short-id',
  'not-http-only',
  'not-secure',
  'no-same-site',
  'domain-set',
  'no-prefix',
] as const
/** The code of a finding about a cookie. */
export type CookieFindingCode = (typeof COOKIE_FINDING_CODES)[number]

/** One finding about one cookie. */
export interface CookieFinding {
  readonly code: CookieFindingCode
  readonly severity: Severity
  readonly clause: string
  readonly evidence: Readonly<Record<string, unknown>>
}

/** What is known of a cookie beyond its name and value. */
export interface CookieTraits {
  readonly isHttpOnly: boolean
  readonly isSecure: boolean
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null
  /** Null: this host only. */
  readonly domain: string | null
}

interface Subject {
  readonly name: string
  /** The raw id of a session; null for a cookie that carries a token. */
  readonly sessionId: string | null
  readonly traits: CookieTraits | null
}

interface Rule {
  readonly code: CookieFindingCode
  readonly severity: Severity
  readonly clause: string
  /** `session`: for the id of a session alone; `traits`: where the attributes are known. */
  readonly needs: 'session' | 'traits'
  isSo(subject: Subject & { traits: CookieTraits; sessionId: string }): boolean
}

/** OWASP ASVS 5 V7.2.3: "at least 128 bits of entropy"; no more can be in a text than 6 bits a letter of base64url. */
const LEAST_LETTERS = Math.ceil(128 / 6)

const RULES: readonly Rule[] = [
  // "useful only for interacting with the server", which is what a thief wants to do.
  { code: 'stolen-cookie-works', severity: 3, clause: 'RFC 6265bis §8.4', needs: 'session', isSo: () => true },
  // "the server can look up state information associated with the cookie"
  { code: 'needs-store', severity: 2, clause: 'RFC 6265bis §8.4', needs: 'session', isSo: () => true },
  {
    code: 'short-id',
    severity: 3,
    clause: 'OWASP ASVS 5 V7.2.3',
    needs: 'session',
    isSo: ({ sessionId }) => sessionId.length < LEAST_LETTERS,
  },
  { code: 'not-http-only', severity: 3, clause: 'OWASP ASVS 5 V3.3.4', needs: 'traits', isSo: ({ traits }) => !traits.isHttpOnly },
  { code: 'not-secure', severity: 2, clause: 'OWASP ASVS 5 V3.3.1', needs: 'traits', isSo: ({ traits }) => !traits.isSecure },
  {
    code: 'no-same-site',
    severity: 2,
    clause: 'OWASP ASVS 5 V3.3.2',
    needs: 'traits',
    isSo: ({ traits: { sameSite } }) => sameSite === null || sameSite === 'None',
  },
  { code: 'domain-set', severity: 2, clause: 'OWASP ASVS 5 V3.3.3', needs: 'traits', isSo: ({ traits }) => traits.domain !== null },
  {
    code: 'no-prefix',
    severity: 1,
    clause: 'OWASP ASVS 5 V3.3.3',
    needs: 'traits',
    isSo: ({ name }) => !name.startsWith('__Host-'),
  },
]

/** What is weak about a cookie that carries a credential, the gravest first, and what was looked for and is not so. Pure. */
export function cookieFindings(subject: Subject): { findings: CookieFinding[]; passed: { code: CookieFindingCode; clause: string }[] } {
  const findings: CookieFinding[] = []
  const passed: { code: CookieFindingCode; clause: string }[] = []
  const { name, sessionId, traits } = subject
  for (const { code, severity, clause, needs, isSo } of RULES) {
    if (needs === 'session' ? sessionId === null : traits === null) continue
    const known = { name, sessionId: sessionId ?? '', traits: traits ?? NO_TRAITS }
    if (isSo(known)) findings.push({ code, severity, clause, evidence: { name } })
    else passed.push({ code, clause })
  }
  return { findings: findings.sort((one, other) => other.severity - one.severity), passed }
}

const NO_TRAITS: CookieTraits = { isHttpOnly: false, isSecure: false, sameSite: null, domain: null }
