import type { Client, JarCookie } from '../../contract/clients.ts'
import type { LessonActionOf } from '../../contract/lessons/actions.ts'

type Forged = Pick<LessonActionOf<'forge'>, 'as' | 'from'> & { readonly method: string; readonly path: string }
type HeaderPair = [name: string, value: string]

/** Where a forged request comes from, and when. */
interface Attacker {
  readonly origin: string
  /** Lab time. */
  readonly nowMs: number
}

/** Chromium sends a younger cookie without `SameSite` along with a cross-site top-level POST (Lax+POST). */
const LAX_POST_MS = 120_000
const TRANSFER = { to: 'mallory', amountCents: 100 }
const FORM_TYPES = { form: 'application/x-www-form-urlencoded', 'text-form': 'text/plain' } as const

/** RFC 6265bis §5.8.3: a cross-site request carries a cookie by its `SameSite`; a same-site one carries all. */
function isSent({ sameSite, createdAt }: JarCookie, { as, from }: Forged, nowMs: number): boolean {
  if (from === 'same-site' || sameSite === 'None') return true
  if (as === 'link') return sameSite !== 'Strict'
  // A form's POST is top-level, too, but its method is not a safe one.
  return as !== 'script' && sameSite === null && nowMs - createdAt < LAX_POST_MS
}

const isOfPath = ({ path: own }: JarCookie, path: string): boolean => path === own || path.startsWith(own.endsWith('/') ? own : `${own}/`)

function cookieOf({ cookies, mechanism }: Client, forged: Forged, nowMs: number): HeaderPair[] {
  // The jar of a bearer client is empty of credentials: a browser attaches no Authorization by itself.
  if (mechanism === 'jwt-bearer') return []
  const sent = cookies.filter((cookie) => isSent(cookie, forged, nowMs) && isOfPath(cookie, forged.path.split('?')[0] ?? ''))
  return sent.length === 0 ? [] : [['Cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; ')]]
}

const bodyOf = (as: 'form' | 'text-form'): string =>
  as === 'form'
    ? new URLSearchParams({ to: TRANSFER.to, amountCents: String(TRANSFER.amountCents) }).toString()
    : `${JSON.stringify(TRANSFER).slice(0, -1)},"x":"="}`

/**
 * What the browser of a client sends when a page of the attacker makes it. A script's request here is one that needs a preflight (Fetch, "CORS-preflight fetch"):
 * that alone is sent, without a credential, and the browser goes no further unless the answer allows it.
 */
export function forgedRequest(forged: Forged, client: Client, { origin, nowMs }: Attacker) {
  const { as, from, method, path } = forged
  const fetchMetadata: HeaderPair[] = [
    ['Sec-Fetch-Site', from],
    ['Sec-Fetch-Mode', as === 'script' ? 'cors' : 'navigate'],
  ]
  if (as === 'script') {
    const asked: HeaderPair[] = [
      ['Origin', origin],
      ['Access-Control-Request-Method', method],
      ['Access-Control-Request-Headers', 'content-type'],
    ]
    return { method: 'OPTIONS', path, headers: [...asked, ...fetchMetadata] }
  }
  const headers = [...fetchMetadata, ...cookieOf(client, forged, nowMs)]
  if (as === 'link') return { method, path, headers }
  return {
    method,
    path,
    headers: [['Origin', origin] as HeaderPair, ['Content-Type', FORM_TYPES[as]] as HeaderPair, ...headers],
    body: bodyOf(as),
  }
}
