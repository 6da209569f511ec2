import { isUtf8 } from 'node:buffer'
import type { Exchange, ExchangeSummary, HeaderPairs, HttpMessage } from '../../contract/exchanges.ts'
import { readSteps } from '../storage/step-record.ts'

/** One exchange on its way to the table: the values of `exchanges` in column order. */
export type SummaryValues = (string | number | null)[]

/** One exchange on its way to `exchange_messages`; the bodies lie one after the other in the batch's own buffer. */
export interface MessageValues {
  requestHeaders: string
  requestKeptBytes: number
  requestBodyBytes: number
  responseHeaders: string
  responseKeptBytes: number
  responseBodyBytes: number
  steps: string
}

/** Columns of `exchanges`, in the order of {@link SummaryValues}. */
export const SUMMARY_COLUMNS =
  'seq, id, started_at, lab_time, client, client_name, node, method, path, status, mechanism, verdict, duration_ms, request_bytes, response_bytes'

/** The contract's shape straight from the table. */
export const SUMMARY_SELECT = `e.seq, e.id, e.started_at AS startedAt, e.lab_time AS labTime, e.client, e.client_name AS clientName, e.node, e.method,
  e.path, e.status, e.mechanism, e.verdict, e.duration_ms AS durationMs, e.request_bytes AS requestBytes, e.response_bytes AS responseBytes`

/** An exchange as values in column order. */
export const summaryValues = (row: ExchangeSummary): SummaryValues => [
  row.seq,
  row.id,
  row.startedAt,
  row.labTime,
  row.client,
  row.clientName,
  row.node,
  row.method,
  row.path,
  row.status,
  row.mechanism,
  row.verdict,
  row.durationMs,
  row.requestBytes,
  row.responseBytes,
]

/** A row of both tables. */
export type WholeRow = ExchangeSummary & {
  requestHeaders: string
  requestBody: Uint8Array
  requestBodyBytes: number
  responseHeaders: string
  responseBody: Uint8Array
  responseBodyBytes: number
  steps: string
}

/** Columns of {@link WholeRow}. */
export const WHOLE_SELECT = `${SUMMARY_SELECT}, m.request_headers AS requestHeaders, m.request_body AS requestBody, m.request_body_bytes AS requestBodyBytes,
  m.response_headers AS responseHeaders, m.response_body AS responseBody, m.response_body_bytes AS responseBodyBytes, m.steps`

const toPairs = (json: string): HeaderPairs => {
  const flat = JSON.parse(json) as string[]
  const pairs: HeaderPairs = []
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? ''])
  return pairs
}

/** Drops the octets of a last UTF-8 character that the cut tore apart. */
const withoutTornCharacter = (body: Uint8Array): Uint8Array => {
  for (let back = 1; back <= 3 && back <= body.length; back++) {
    const octet = body[body.length - back] ?? 0
    if (octet >= 0xc0) return body.subarray(0, body.length - back)
    if (octet < 0x80) return body
  }
  return body
}

const toMessage = (headers: string, body: Uint8Array, bodyBytes: number, bytes: number): HttpMessage => {
  const isBodyCut = body.byteLength < bodyBytes
  const readable = isBodyCut && !isUtf8(body) ? withoutTornCharacter(body) : body
  const bodyEncoding = isUtf8(readable) ? 'utf8' : 'base64'
  const kept = bodyEncoding === 'utf8' ? readable : body
  const text = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString(bodyEncoding)
  return { headers: toPairs(headers), body: text, bodyEncoding, bodyBytes, isBodyCut, bytes }
}

/** A row of both tables in the contract's shape. */
export const toExchange = (row: WholeRow): Exchange => {
  const { requestHeaders, requestBody, requestBodyBytes, responseHeaders, responseBody, responseBodyBytes, steps, ...summary } = row
  return {
    ...summary,
    request: toMessage(requestHeaders, requestBody, requestBodyBytes, row.requestBytes),
    response: toMessage(responseHeaders, responseBody, responseBodyBytes, row.responseBytes),
    steps: readSteps(steps),
  }
}
