import { setImmediate } from 'node:timers/promises'
import type { AssessmentItem, HarAssessment } from '../../contract/assessment.ts'
import { HIDDEN, hideInText } from '../../protocol/hide-secrets.ts'
import { isLoopbackName } from '../../protocol/host.ts'
import { readToken } from '../../protocol/read-token.ts'
import { cookieFindings } from '../../protocol/session-cookie-findings.ts'
import type { SetCookie } from '../../protocol/set-cookie.ts'
import { tokenFindings } from '../../protocol/token-findings.ts'
import { type ArchivedEntry, isSessionName, readEntry, type SeenEntry } from './archived-credentials.ts'

/** Entries read in one go. */
const ENTRIES_AT_ONCE = 100
/** Entries named with an item. */
const SHOWN_ENTRIES = 20
/** Tokens that are taken apart; more are mostly successors of one another. */
const MAX_TOKENS = 50
/** Cookies, by host and name, that are looked at. */
const MAX_COOKIES = 200
/** The most that is shown of a URL, and of a name or a method, characters. */
const SHOWN_URL = 300
const SHOWN_NAME = 100

type Severity = AssessmentItem['severity']

/** By host and session cookie: the last entry in which it was accepted. */
type LastAccepted = ReadonlyMap<string, number>

/** A question about the traffic as a whole. */
interface Question {
  readonly code: string
  readonly severity: Severity
  readonly clause: string | null
  /** The entries that it can be asked of at all. */
  isAsked(entry: SeenEntry): boolean
  isBad(entry: SeenEntry, lastAccepted: LastAccepted): boolean
}

const PASSWORD_NAME = /^(pass(word|wd)?|pwd)$/i

const isPage = ({ status }: SeenEntry): boolean => status >= 200 && status < 400
const carriesSession = ({ sessionCookies }: SeenEntry): boolean => sessionCookies.length > 0
const carriesToken = ({ tokens }: SeenEntry, place: string): boolean => tokens.some((token) => token.place === place)
const isBearer = ({ headers }: SeenEntry): boolean => /^bearer /i.test(headers.get('authorization') ?? '')
const isBasic = ({ headers }: SeenEntry): boolean => /^basic /i.test(headers.get('authorization') ?? '')
const carriesAny = (entry: SeenEntry): boolean =>
  carriesSession(entry) || isBearer(entry) || isBasic(entry) || carriesToken(entry, 'cookie') || carriesToken(entry, 'url')
const handsOut = (entry: SeenEntry): boolean => entry.setCookies.length > 0 || carriesToken(entry, 'response-body') || entry.handsToken
const isLogin = ({ method, url, body }: SeenEntry): boolean =>
  method === 'POST' &&
  (/(log|sign)-?in|session|token|auth/i.test(url.pathname) || /\bpassword\b/i.test(body)) &&
  /pass(word|wd)/i.test(body)
const isLogout = ({ method, url }: SeenEntry): boolean =>
  /(log|sign)-?(out|off)/i.test(url.pathname) || (method === 'DELETE' && /session/i.test(url.pathname))

/** No session cookie that went along came back with another value. */
const keptAtLogin = ({ sessionCookies, setCookies }: SeenEntry): boolean =>
  !sessionCookies.some(({ name, value }) => setCookies.some((cookie) => cookie.name === name && cookie.value !== value))

const acceptedKeys = ({ url, sessionCookies }: SeenEntry): string[] =>
  sessionCookies.map(({ name, value }) => `${url.host} ${name}=${value}`)

/** Read once: looked for anew for each logout, an archive of nothing but logouts would take minutes. */
function lastAcceptedOf(all: readonly SeenEntry[]): LastAccepted {
  const last = new Map<string, number>()
  for (const entry of all) {
    if (entry.status < 200 || entry.status >= 300 || isLogin(entry)) continue
    for (const key of acceptedKeys(entry)) last.set(key, entry.index)
  }
  return last
}

/** A session cookie that is accepted after the logout that carried it. */
const worksAfterLogout = (entry: SeenEntry, lastAccepted: LastAccepted): boolean =>
  acceptedKeys(entry).some((key) => (lastAccepted.get(key) ?? -1) > entry.index)

const isForm = ({ headers, method }: SeenEntry): boolean =>
  method === 'POST' && /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i.test(headers.get('content-type') ?? '')

const hasCsrfProtection = ({ headers, body }: SeenEntry): boolean =>
  [...headers.keys()].some((name) => /csrf|xsrf|^x-requested-with$/.test(name)) ||
  /(csrf|xsrf|authenticity_token|__RequestVerification)/i.test(body)

const QUESTIONS: readonly Question[] = [
  {
    code: 'token-in-url',
    severity: 3,
    // "Don't pass bearer tokens in page URLs".
    clause: 'RFC 6750 §5.3',
    isAsked: (entry) => entry.tokens.length > 0 || /[?&#](access|id|refresh)?_?token=/i.test(entry.url.href),
    isBad: (entry) => carriesToken(entry, 'url') || /[?&#](access|id|refresh)?_?token=[^&]{8,}/i.test(entry.url.href),
  },
  {
    code: 'session-in-url',
    severity: 3,
    clause: 'OWASP ASVS 5 V14.2.1',
    isAsked: (entry) => carriesSession(entry) || /;jsessionid=/i.test(entry.url.pathname),
    isBad: ({ url }) =>
      /;jsessionid=/i.test(url.pathname) || [...url.searchParams].some(([name, value]) => value.length >= 16 && isSessionName(name)),
  },
  {
    code: 'password-in-url',
    severity: 3,
    clause: 'OWASP ASVS 5 V14.2.1',
    isAsked: (entry) => entry.url.search !== '' || isLogin(entry),
    isBad: ({ url }) => [...url.searchParams].some(([name, value]) => value !== '' && PASSWORD_NAME.test(name)),
  },
  {
    code: 'plain-http',
    severity: 3,
    clause: 'OWASP ASVS 5 V12.2.1',
    isAsked: (entry) => carriesAny(entry) || handsOut(entry) || isLogin(entry),
    isBad: ({ url }) => url.protocol === 'http:' && !isLoopbackName(url.hostname),
  },
  {
    code: 'mixed-mechanisms',
    severity: 1,
    clause: null,
    isAsked: (entry) => carriesSession(entry) || isBearer(entry),
    isBad: (entry) => carriesSession(entry) && (isBearer(entry) || carriesToken(entry, 'cookie')),
  },
  {
    code: 'cacheable-credential',
    severity: 2,
    clause: 'RFC 6749 §5.1',
    isAsked: (entry) => isPage(entry) && (carriesToken(entry, 'response-body') || entry.handsToken),
    isBad: ({ answerHeaders }) => !/no-store/i.test(answerHeaders.get('cache-control') ?? ''),
  },
  {
    code: 'id-kept-at-login',
    severity: 3,
    clause: 'OWASP ASVS 5 V7.2.4',
    isAsked: (entry) => isLogin(entry) && isPage(entry) && carriesSession(entry),
    isBad: keptAtLogin,
  },
  {
    code: 'works-after-logout',
    severity: 3,
    clause: 'OWASP ASVS 5 V7.4.1',
    isAsked: (entry) => isLogout(entry) && isPage(entry) && carriesSession(entry),
    isBad: worksAfterLogout,
  },
  {
    code: 'no-challenge',
    severity: 1,
    // "The server generating a 401 response MUST send a WWW-Authenticate header field".
    clause: 'RFC 9110 §15.5.2',
    isAsked: ({ status }) => status === 401,
    isBad: ({ answerHeaders }) => !answerHeaders.has('www-authenticate'),
  },
  { code: 'basic-credentials', severity: 2, clause: 'RFC 7617 §4', isAsked: carriesAny, isBad: isBasic },
  {
    code: 'form-without-csrf-protection',
    severity: 2,
    clause: 'OWASP ASVS 5 V3.5.1',
    isAsked: (entry) => isForm(entry) && !isLogin(entry) && (carriesSession(entry) || carriesToken(entry, 'cookie')),
    isBad: (entry) => !hasCsrfProtection(entry),
  },
]

/** One parameter of a query; what could be a secret is hidden, and whatever has an encoded name. */
function shownParameter(raw: string): string {
  const [name = ''] = raw.split('=', 1)
  const isSecret = isSessionName(name) || PASSWORD_NAME.test(name) || /[%+]/.test(name)
  return isSecret && raw.includes('=') ? `${name}=${HIDDEN}` : raw
}

/** A URL that may be shown: no secret in its path or its query, no fragment. It is cut first: to look through all of a huge one takes long. */
function shownUrl({ origin, pathname, search }: URL): string {
  const path = pathname.slice(0, 2000).replace(/;([^/;=]*)=[^/;]*/g, `;$1=${HIDDEN}`)
  const query = search === '' ? '' : `?${search.slice(1, 2000).split('&').map(shownParameter).join('&')}`
  return hideInText(`${origin}${path}${query}`).slice(0, SHOWN_URL)
}

const shown = (entries: readonly SeenEntry[]): AssessmentItem['entries'] =>
  entries.slice(0, SHOWN_ENTRIES).map(({ index, method, url }) => ({ index, method: method.slice(0, SHOWN_NAME), url: shownUrl(url) }))

function answer(
  { code, severity, clause, isAsked, isBad }: Question,
  all: readonly SeenEntry[],
  lastAccepted: LastAccepted,
): AssessmentItem {
  const asked = all.filter(isAsked)
  const bad = asked.filter((entry) => isBad(entry, lastAccepted))
  const result = asked.length === 0 ? 'not-applicable' : bad.length > 0 ? 'fail' : 'pass'
  return {
    code,
    subject: null,
    clause,
    result,
    severity,
    evidence: { looked: asked.length, found: bad.length },
    entries: shown(bad.length > 0 ? bad : asked),
  }
}

/** A token by the first letters of its parts: enough to find it again, too little to use it. */
const hintOf = (token: string): string =>
  `${token
    .split('.')
    .map((part) => part.slice(0, 6))
    .join('.')}…`

function cookieItems(all: readonly SeenEntry[]): AssessmentItem[] {
  const cookies = new Map<string, { cookie: SetCookie; entries: SeenEntry[] }>()
  for (const entry of all) {
    for (const cookie of entry.setCookies) {
      const key = `${entry.url.host} ${cookie.name}`
      const known = cookies.get(key)
      if (known) known.entries.push(entry)
      else if (cookies.size < MAX_COOKIES) cookies.set(key, { cookie, entries: [entry] })
    }
  }
  return [...cookies.values()].flatMap(({ cookie, entries }) => {
    const { findings, passed } = cookieFindings({ name: cookie.name, sessionId: null, traits: cookie })
    const base = { subject: cookie.name.slice(0, SHOWN_NAME), entries: shown(entries) }
    return [
      ...findings.map(({ code, severity, clause, evidence }): AssessmentItem => {
        const isMoot = code === 'not-secure' && entries.every(({ url }) => url.protocol === 'http:' && isLoopbackName(url.hostname))
        return { ...base, code: `cookie-${code}`, clause, result: isMoot ? 'not-applicable' : 'fail', severity, evidence }
      }),
      ...passed.map(
        ({ code, clause }): AssessmentItem => ({ ...base, code: `cookie-${code}`, clause, result: 'pass', severity: 1, evidence: {} }),
      ),
    ]
  })
}

function tokenItems(all: readonly SeenEntry[]): AssessmentItem[] {
  const tokens = new Map<string, { entries: SeenEntry[]; cookieName: string | null }>()
  for (const entry of all) {
    for (const { token, name, place } of entry.tokens) {
      const known = tokens.get(token)
      if (known) known.entries.push(entry)
      else if (tokens.size < MAX_TOKENS) {
        tokens.set(token, { entries: [entry], cookieName: place === 'cookie' || place === 'set-cookie' ? name : null })
      }
    }
  }
  return [...tokens].flatMap(([token, { entries, cookieName }]) => {
    const nowMs = entries[0]?.startedAtMs ?? 0
    // Nobody here has the keys of another application.
    const situation = { nowMs, signature: 'unknown-key', cookieName, isRevocable: false, isAccountRead: false } as const
    const { findings, passed } = tokenFindings(token, readToken(token), situation)
    const base = { subject: hintOf(token), entries: shown(entries) }
    return [
      ...findings.map((finding): AssessmentItem => ({ ...base, ...finding, code: `token-${finding.code}`, result: 'fail' })),
      ...passed.map(
        ({ code, clause }): AssessmentItem => ({ ...base, code: `token-${code}`, clause, result: 'pass', severity: 1, evidence: {} }),
      ),
    ]
  })
}

const RANK = { fail: 0, pass: 1, 'not-applicable': 2 } as const

async function readAll(entries: readonly ArchivedEntry[]): Promise<SeenEntry[]> {
  const seen: SeenEntry[] = []
  for (const [index, entry] of entries.entries()) {
    // Whatever else the lab has to do comes in between.
    if (index % ENTRIES_AT_ONCE === 0) await setImmediate()
    const read = readEntry(entry, index)
    if (read) seen.push(read)
  }
  return seen
}

/** Holds an archive against the checklist. Nothing is kept, sent or resolved, and no secret is in what it answers. */
export async function assessHar(archive: {
  readonly log: { readonly creator?: { readonly name: string } | undefined; readonly entries: readonly ArchivedEntry[] }
}): Promise<HarAssessment> {
  const { creator, entries } = archive.log
  const seen = await readAll(entries)
  const lastAccepted = lastAcceptedOf(seen)
  const count = (isSo: (entry: SeenEntry) => boolean): number => seen.filter(isSo).length
  const items = [...QUESTIONS.map((question) => answer(question, seen, lastAccepted)), ...cookieItems(seen), ...tokenItems(seen)]
  return {
    creator: creator?.name ?? null,
    entries: entries.length,
    hosts: [...new Set(seen.map(({ url }) => url.host))].slice(0, 100),
    carried: {
      sessionCookie: count(carriesSession),
      tokenCookie: count((entry) => carriesToken(entry, 'cookie')),
      bearer: count(isBearer),
      basic: count(isBasic),
      none: count((entry) => !carriesAny(entry)),
    },
    items: items.sort((one, other) => RANK[one.result] - RANK[other.result] || other.severity - one.severity),
  }
}
