import { ORPCError, ValidationError } from '@orpc/server'
import { LabError } from '../errors.ts'
import { issueWords } from '../issue-words.ts'

const STATUS = {
  'bad-request': 'BAD_REQUEST',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  'redis-not-installed': 'CONFLICT',
  'redis-not-started': 'CONFLICT',
  'redis-unreachable': 'CONFLICT',
  'host-not-allowed': 'CONFLICT',
  'store-unavailable': 'SERVICE_UNAVAILABLE',
  'node-failed': 'INTERNAL_SERVER_ERROR',
  storage: 'INTERNAL_SERVER_ERROR',
  'restore-failed': 'INTERNAL_SERVER_ERROR',
} as const

const isAnswerable = (code: string): code is keyof typeof STATUS => Object.hasOwn(STATUS, code)

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  /** Names that the schema does not know, below `path`. */
  readonly keys?: readonly string[]
}

/** The field that is wrong; of unknown ones the first. */
const pathOf = ({ path = [], keys = [] }: Issue): string =>
  [...path.map((part) => String(typeof part === 'object' ? part.key : part)), ...keys.slice(0, 1)].join('.')

/** Names the field that is wrong. */
function badInput(issues: readonly Issue[], cause: unknown): Error {
  const named = issues.map((issue) => ({ path: pathOf(issue), message: issueWords(issue) }))
  const message = named.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return new ORPCError('BAD_REQUEST', { message, data: { path: named[0]?.path ?? '', issues: named }, cause })
}

/** What the operator is told of a failure: the sentence of a known one; of an unknown one only that it happened. */
export function toAnswer(error: unknown): Error {
  if (error instanceof LabError && isAnswerable(error.code)) {
    return new ORPCError(STATUS[error.code], { message: error.message, cause: error })
  }
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) return badInput(error.cause.issues, error.cause)
    if (error.status < 500) return error
  }
  console.error(error)
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: 'The lab failed at this; its own output says why.', cause: error })
}
