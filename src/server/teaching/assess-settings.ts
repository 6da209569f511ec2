import type { AssessmentItem, SETTING_CODES } from '../../contract/assessment.ts'
import type { ClusterState } from '../../contract/cluster.ts'
import type { Keyring } from '../../contract/keys.ts'
import type { Node } from '../../contract/nodes.ts'
import type { TokenAlgorithm } from '../../contract/token-algorithm.ts'
import type { Weakness, WeaknessId } from '../../contract/weaknesses.ts'

/** What is held against the checklist. */
export interface AssessedSettings {
  readonly cluster: ClusterState
  readonly keyring: Keyring
  readonly nodes: readonly Node[]
  readonly weaknesses: readonly Weakness[]
}

type Code = (typeof SETTING_CODES)[number]
type Answer = { readonly result: AssessmentItem['result']; readonly evidence: Record<string, unknown> }

interface Question {
  readonly code: Code
  readonly severity: AssessmentItem['severity']
  /** The clause that asks for it, where it depends on the settings told from them; null when no standard does. */
  readonly clause: string | null | ((settings: AssessedSettings) => string)
  ask(settings: AssessedSettings): Answer
}

const HOUR = 3600
const DAY = 24 * HOUR
/** "usually no more than a few minutes" (RFC 7519 §4.1.4). */
const MOST_LEEWAY_SECONDS = 180
/** RFC 6750 §5.3: "one hour or less". */
const MOST_TOKEN_SECONDS = HOUR
/** NIST SP 800-63B-4 §2.1.3 and §2.2.3: what a session may last at AAL1 and AAL2, and be idle at AAL2. */
const AAL1_OVERALL_SECONDS = 30 * DAY
const AAL2 = { overall: DAY, idle: HOUR } as const

const answer = (isGood: boolean, evidence: Record<string, unknown>): Answer => ({ result: isGood ? 'pass' : 'fail', evidence })
const moot = (evidence: Record<string, unknown>): Answer => ({ result: 'not-applicable', evidence })

/** Octets of the MAC, or bits of the modulus or curve: the least that RFC 7518 §3.2 to §3.5 takes. */
const LEAST: Readonly<Record<TokenAlgorithm, string>> = {
  HS256: '256 bit',
  HS384: '384 bit',
  HS512: '512 bit',
  RS256: '2048 bit RSA',
  PS256: '2048 bit RSA',
  ES256: 'P-256',
}
/** What each algorithm asks of its key. */
const KEY_CLAUSES: Readonly<Record<TokenAlgorithm, string>> = {
  HS256: 'RFC 7518 §3.2',
  HS384: 'RFC 7518 §3.2',
  HS512: 'RFC 7518 §3.2',
  RS256: 'RFC 7518 §3.3',
  PS256: 'RFC 7518 §3.5',
  ES256: 'RFC 7518 §3.4',
}
const isSymmetric = (alg: TokenAlgorithm): boolean => alg.startsWith('HS')
const upNodes = (nodes: readonly Node[]): Node[] => nodes.filter(({ state }) => state === 'up')

const KEYS: readonly Question[] = [
  {
    code: 'signing-key-length',
    severity: 3,
    clause: ({ keyring }) => KEY_CLAUSES[keyring.algorithm],
    // The keyring takes no shorter key: one that is in use has this length.
    ask: ({ keyring: { algorithm } }) => answer(true, { alg: algorithm, atLeast: LEAST[algorithm] }),
  },
  {
    code: 'signing-key-shared',
    severity: 2,
    clause: 'RFC 7515 §10.5',
    ask: ({ keyring: { algorithm }, nodes }) =>
      answer(!isSymmetric(algorithm), { alg: algorithm, canSign: isSymmetric(algorithm) ? upNodes(nodes).map(({ id }) => id) : [] }),
  },
  {
    code: 'key-rotation',
    severity: 1,
    clause: 'OWASP ASVS 5 V13.3.4',
    ask: ({ keyring: { rotation } }) => answer(rotation.everySeconds !== null, { everySeconds: rotation.everySeconds }),
  },
  {
    code: 'keys-at-rest',
    severity: 1,
    clause: 'OWASP ASVS 5 V13.3.1',
    ask: ({ keyring: { atRest } }) => answer(atRest === 'safe-storage', { atRest }),
  },
]

const TOKENS: readonly Question[] = [
  {
    code: 'access-token-life',
    severity: 2,
    clause: 'RFC 6750 §5.3',
    ask: ({ cluster: { lifetimes } }) =>
      answer(lifetimes.accessToken <= MOST_TOKEN_SECONDS, { seconds: lifetimes.accessToken, limit: MOST_TOKEN_SECONDS }),
  },
  {
    code: 'leeway',
    severity: 1,
    clause: 'RFC 7519 §4.1.4',
    ask: ({ cluster: { leewaySeconds } }) =>
      answer(leewaySeconds <= MOST_LEEWAY_SECONDS, { seconds: leewaySeconds, limit: MOST_LEEWAY_SECONDS }),
  },
  {
    code: 'logout-ends-tokens',
    severity: 2,
    clause: 'OWASP ASVS 5 V7.4.1',
    ask: ({ cluster: { revocation, lifetimes } }) =>
      answer(revocation !== 'none', { revocation, livesOnSeconds: revocation === 'none' ? lifetimes.accessToken : 0 }),
  },
  {
    code: 'authority-is-current',
    severity: 2,
    clause: 'OWASP ASVS 5 V8.3.2',
    ask: ({ cluster: { recheckAccount, lifetimes } }) =>
      answer(recheckAccount, { recheckAccount, staleSeconds: recheckAccount ? 0 : lifetimes.accessToken }),
  },
  {
    code: 'refresh-grace',
    severity: 2,
    clause: 'RFC 9700 §4.14.2',
    ask: ({ cluster: { lifetimes } }) => answer(lifetimes.refreshGrace === 0, { seconds: lifetimes.refreshGrace }),
  },
  {
    code: 'refresh-idle',
    severity: 2,
    clause: 'RFC 9700 §4.14.2',
    ask: ({ cluster: { lifetimes } }) =>
      answer(lifetimes.refreshIdle < lifetimes.refreshAbsolute, { idle: lifetimes.refreshIdle, absolute: lifetimes.refreshAbsolute }),
  },
  {
    code: 'refresh-absolute',
    severity: 2,
    clause: 'NIST SP 800-63B-4 §2.1.3',
    ask: ({ cluster: { lifetimes } }) =>
      answer(lifetimes.refreshAbsolute <= AAL1_OVERALL_SECONDS, { seconds: lifetimes.refreshAbsolute, limit: AAL1_OVERALL_SECONDS }),
  },
]

const SESSIONS: readonly Question[] = [
  {
    code: 'session-idle',
    severity: 2,
    clause: 'NIST SP 800-63B-4 §2.2.3',
    ask: ({ cluster: { lifetimes } }) => answer(lifetimes.sessionIdle <= AAL2.idle, { seconds: lifetimes.sessionIdle, limit: AAL2.idle }),
  },
  {
    code: 'session-absolute',
    severity: 2,
    clause: 'NIST SP 800-63B-4 §2.2.3',
    ask: ({ cluster: { lifetimes } }) =>
      answer(lifetimes.sessionAbsolute <= AAL2.overall, { seconds: lifetimes.sessionAbsolute, limit: AAL2.overall }),
  },
]

/** Names of the nodes that are so, or nothing to say where there are no two to compare. */
const nodesThat = (nodes: readonly Node[], isSo: (node: Node) => boolean, more: Record<string, unknown> = {}): Answer => {
  const up = upNodes(nodes)
  const bad = up.filter(isSo).map(({ id }) => id)
  return up.length < 2 && bad.length === 0 ? moot({ nodes: up.length }) : answer(bad.length === 0, { nodes: bad, ...more })
}

const NODES: readonly Question[] = [
  {
    code: 'node-clocks',
    severity: 2,
    clause: 'RFC 7519 §4.1.4',
    ask: ({ nodes, cluster: { leewaySeconds } }) =>
      nodesThat(nodes, ({ clockSkewMs }) => Math.abs(clockSkewMs) > leewaySeconds * 1000, { leewaySeconds }),
  },
  {
    code: 'node-keys',
    severity: 2,
    clause: 'OpenID Connect Core §10.1.1',
    ask: ({ nodes }) => nodesThat(nodes, ({ jwksFrozen }) => jwksFrozen),
  },
  { code: 'node-cookie-secrets', severity: 1, clause: null, ask: ({ nodes }) => nodesThat(nodes, (node) => node.hasOwnCookieSecret) },
]

const isOff = (wanted: WeaknessId, { weaknesses }: AssessedSettings): Answer => {
  const isOn = weaknesses.some(({ id, isOn }) => id === wanted && isOn)
  return answer(!isOn, { weakness: wanted, isOn })
}

/** What the sound code does by itself, and does not while the weakness is on. */
const WEAK: readonly Question[] = [
  { code: 'output-encoding', severity: 3, clause: 'OWASP ASVS 5 V1.2.1', ask: (settings) => isOff('stored-xss', settings) },
  { code: 'token-out-of-scripts', severity: 2, clause: 'OWASP ASVS 5 V3.3.4', ask: (settings) => isOff('token-in-web-storage', settings) },
]

const QUESTIONS: readonly Question[] = [...WEAK, ...KEYS, ...TOKENS, ...SESSIONS, ...NODES]

/** Holds the settings of the target against the checklist: what fails first, the gravest before the others. */
export const assessSettings = (settings: AssessedSettings): AssessmentItem[] =>
  QUESTIONS.map(({ code, severity, clause, ask }): AssessmentItem => {
    const { result, evidence } = ask(settings)
    return {
      code,
      subject: null,
      clause: typeof clause === 'function' ? clause(settings) : clause,
      result,
      severity,
      evidence,
      entries: [],
    }
  }).sort((one, other) => RANK[one.result] - RANK[other.result] || other.severity - one.severity)

const RANK = { fail: 0, pass: 1, 'not-applicable': 2 } as const
