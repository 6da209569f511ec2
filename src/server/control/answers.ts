import type { Response } from 'express'

/** The code of each refusal: the same words as oRPC's own errors, so that every error of the control API has one shape. */
const CODES = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  421: 'MISDIRECTED_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
} as const

/** A status that the control plane refuses with. */
export type RefusalStatus = keyof typeof CODES

/** Answers an error as JSON: `{defined, code, status, message, data?}`, the shape of every error of the control API. */
export function refuse(
  response: Response,
  status: RefusalStatus,
  { message, data }: { message: string; data?: Record<string, unknown> },
): void {
  response.status(status).json({ defined: false, code: CODES[status], status, message, ...(data && { data }) })
}
