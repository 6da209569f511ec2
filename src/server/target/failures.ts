import type { ErrorRequestHandler, RequestHandler } from 'express'
import { LabError } from '../errors.ts'
import { type Denial, sendOAuthError, sendProblem } from './problem.ts'

const UNAVAILABLE: Denial = {
  verdict: 'store-unavailable',
  status: 503,
  detail: 'The store cannot be used at the moment.',
  retryAfterSeconds: 1,
}
const INTERNAL: Denial = { verdict: 'not-auth', status: 500, detail: 'The server failed.' }

/** What the client did wrong, by the status that body-parser and Express give their errors. */
const CLIENT_FAULTS: Readonly<Record<number, string>> = {
  400: 'The request could not be read.',
  413: 'The body is too large.',
  415: 'The body has an encoding that is not known.',
}

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' ? error.status : 500

const isStoreFailure = (error: unknown): boolean =>
  (error instanceof LabError && error.code === 'store-unavailable') ||
  (error instanceof Error && error.name === 'SqliteError') ||
  (error instanceof TypeError && error.message === 'The database connection is not open')

const toDenial = (error: unknown): Denial => {
  if (isStoreFailure(error)) return UNAVAILABLE
  const status = statusOf(error)
  const detail = CLIENT_FAULTS[status]
  if (detail !== undefined) return { verdict: 'not-auth', status, detail }
  return INTERNAL
}

/** Answers what no route expected. The reason of an unknown failure goes to the log and never on the wire (OWASP ASVS 5 V16.5.1). */
export const answerFailure: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const denial = toDenial(error)
  if (denial === INTERNAL) console.error(error)
  if (response.headersSent) {
    next(error)
    return
  }
  if (/^\/token(\/revoke|\/introspect)?$/.test(request.path) && denial.status === 400) sendOAuthError(response, 'invalid_request', denial)
  else sendProblem(response, denial)
}

/** Answers 404 for a path that is not in the table of routes. */
export const answerUnknownPath: RequestHandler = (_request, response) =>
  sendProblem(response, { verdict: 'not-auth', status: 404, detail: 'There is nothing here.' })

/** Answers 405, or 204 to OPTIONS, with what the path knows (RFC 9110 §15.5.6). */
export const answerUnknownMethod = (methods: readonly string[]): RequestHandler => {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  return (request, response) => {
    response.setHeader('Allow', allow)
    if (request.method === 'OPTIONS') response.status(204).end()
    else sendProblem(response, { verdict: 'not-auth', status: 405, detail: `This path knows ${allow}.` })
  }
}
