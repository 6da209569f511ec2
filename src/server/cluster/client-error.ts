import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { PROBLEM_TYPE } from '../../protocol/problem.ts'

interface Refusal {
  status: number
  detail: string
}

const REFUSALS: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The header section is too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
}
const MALFORMED: Refusal = { status: 400, detail: 'The message is not well-formed HTTP.' }

/**
 * Refuses bytes that are no HTTP request with a problem detail (RFC 9110 §15.5.1, RFC 6585 §5) and closes the connection.
 * @param isAnswering true when an answer has begun on this connection: then it is only closed, since two answers would run into each other.
 */
export const refuseMalformed = (error: Error, socket: Duplex, isAnswering: boolean): void => {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (isAnswering || !socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, detail } = REFUSALS[code] ?? MALFORMED
  const title = STATUS_CODES[status] ?? 'Error'
  const body = JSON.stringify({ title, status, detail, verdict: 'not-auth' })
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
