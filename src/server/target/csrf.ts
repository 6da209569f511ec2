import type { Request } from 'express'
import { httpOrigin } from '../../protocol/host.ts'
import type { Denial } from './problem.ts'
import { report, startTimer } from './trace.ts'

const ORIGIN_CHECK = { kind: 'csrf', clause: 'OWASP ASVS 5 V3.5.1', file: 'csrf.ts', symbol: 'checkOrigin' } as const
const FORM_CHECK = { kind: 'csrf', clause: 'OWASP ASVS 5 V3.5.2', file: 'csrf.ts', symbol: 'checkAmbientRequest' } as const

/** RFC 9110 §9.2.1: methods that must not change anything. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Methods that a cross-site form or a `no-cors` fetch can send (Fetch standard, CORS-safelisted method). */
const FORM_METHODS = new Set(['GET', 'HEAD', 'POST'])
/** A custom header: no page of another origin can set it without a CORS preflight, and this server answers none. */
const CUSTOM_HEADER = 'x-csrf-protection'

const blocked = (detail: string): Denial => ({ verdict: 'csrf-blocked', status: 403, detail })

/**
 * Refuses what a browser itself says came from another origin (Fetch Metadata §2; RFC 6454 §7). Absent headers pass: programs
 * that are no browsers send none. An origin is scheme, host and port; `null` is nobody's. Used alone at logins, where there is no credential to ride on yet (login CSRF).
 */
export const checkOrigin = (request: Request): Denial | null => {
  const startedAt = startTimer()
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const evidence = () => ({ secFetchSite: site ?? null, origin: origin ?? null, host: host ?? null })
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') || (origin !== undefined && origin !== httpOrigin(host ?? ''))
  report(ORIGIN_CHECK, {
    outcome: isForeign ? 'fail' : 'pass',
    startedAt,
    title: isForeign ? 'The browser says that a page of another origin sent this' : 'Nothing says that a page of another origin sent this',
    evidence,
  })
  return isForeign ? blocked('This request came from another origin.') : null
}

/**
 * For requests that change something on the strength of a cookie, which the browser attaches by itself: besides its origin, the
 * request must be one that a cross-site form cannot make. SameSite stays defence in depth (RFC 6265bis §8.8.1).
 */
export const checkAmbientRequest = (request: Request): Denial | null => {
  if (SAFE_METHODS.has(request.method)) return null
  const foreign = checkOrigin(request)
  if (foreign) return foreign
  const startedAt = startTimer()
  const isJson = request.is('application/json') === 'application/json'
  const hasHeader = request.headers[CUSTOM_HEADER] !== undefined
  const isImpossibleForForms = !FORM_METHODS.has(request.method) || isJson || hasHeader
  report(FORM_CHECK, {
    outcome: isImpossibleForForms ? 'pass' : 'fail',
    startedAt,
    title: isImpossibleForForms ? 'A form of another origin could not have sent this' : 'A form of another origin could have sent this',
    evidence: () => ({ method: request.method, contentType: request.headers['content-type'] ?? null, customHeader: hasHeader }),
  })
  return isImpossibleForForms ? null : blocked('Send this as application/json or with the header X-CSRF-Protection: 1.')
}
