import { STATUS_CODES } from 'node:http'
import type { Response } from 'express'
import type { Verdict } from '../../contract/verdict.ts'
import { PROBLEM_TYPE, type Problem } from '../../protocol/problem.ts'
import { noteVerdict } from './trace.ts'

/** Why a request is refused: an expected outcome, so a value and not an exception. */
export interface Denial {
  verdict: Verdict
  status: number
  /** One sentence for the person at the client. It never says which half of a login was wrong. */
  detail: string
  /** Value of `WWW-Authenticate` (RFC 9110 §11.6.1); required with 401. */
  challenge?: string
  /** Seconds for `Retry-After` (RFC 9110 §10.2.3). */
  retryAfterSeconds?: number
}

const prepare = (response: Response, denial: Denial): void => {
  noteVerdict(denial.verdict)
  response.status(denial.status).setHeader('Cache-Control', 'no-store')
  if (denial.challenge !== undefined) response.setHeader('WWW-Authenticate', denial.challenge)
  if (denial.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(denial.retryAfterSeconds))
}

/** Answers with a problem detail (RFC 9457) that carries the verdict. */
export const sendProblem = (response: Response, denial: Denial): void => {
  prepare(response, denial)
  const problem: Problem = {
    title: STATUS_CODES[denial.status] ?? 'Error',
    status: denial.status,
    detail: denial.detail,
    verdict: denial.verdict,
  }
  response.type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

/** Answers as RFC 6749 §5.2 asks of a token endpoint, with the verdict beside it. */
export const sendOAuthError = (response: Response, error: string, denial: Denial): void => {
  prepare(response, denial)
  response.setHeader('Pragma', 'no-cache')
  response.json({ error, error_description: denial.detail, verdict: denial.verdict })
}
