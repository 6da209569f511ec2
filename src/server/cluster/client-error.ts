import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { PROBLEM_TYPE } from '../../protocol/problem.ts'

/** Why bytes are not taken as a request. */
export interface Refusal {
  status: number
  detail: string
}

/** An answer that goes out without Node's own writer. */
interface RawAnswer {
  status: number
  /** Names and values by turns. */
  headers: string[]
  body: Buffer
}

const REFUSALS: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The header section is too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
}
const MALFORMED: Refusal = { status: 400, detail: 'The message is not well-formed HTTP.' }

/** A refusal as a problem detail that closes its connection. @param fields names and values by turns, besides those of the body */
export const toRawAnswer = ({ status, detail }: Refusal, fields: readonly string[] = []): RawAnswer => {
  const body = Buffer.from(JSON.stringify({ title: STATUS_CODES[status] ?? 'Error', status, detail, verdict: 'not-auth' }))
  const headers = ['Content-Type', PROBLEM_TYPE, 'Content-Length', String(body.byteLength), 'Cache-Control', 'no-store']
  return { status, headers: [...headers, 'X-Content-Type-Options', 'nosniff', 'Connection', 'close', ...fields], body }
}

/** Writes an answer to a connection on which none has begun. @param whenSent called once the system has all of it */
export const endWith = (socket: Duplex, { status, headers, body }: RawAnswer, whenSent?: () => void): void => {
  const lines = headers.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${headers[at + 1]}\r\n`] : []))
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n`
  socket.end(Buffer.concat([Buffer.from(head), body]), whenSent)
}

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
  endWith(socket, toRawAnswer(REFUSALS[code] ?? MALFORMED))
}

/** Lets a server refuse malformed bytes so, even those that come after a good request on the same connection. */
export const refuseMalformedAt = (server: Server): void => {
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (request, response) => void answers.set(request.socket, response))
  server.on('clientError', (error, socket) => {
    const current = answers.get(socket)
    refuseMalformed(error, socket, current !== undefined && !current.writableFinished && current.headersSent)
  })
}
