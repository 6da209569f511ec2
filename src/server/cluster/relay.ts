import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Step } from '../../contract/step.ts'
import type { Verdict } from '../../contract/verdict.ts'
import { PROBLEM_TYPE } from '../../protocol/problem.ts'
import type { OpenExchange } from '../traffic/recorded-exchange.ts'
import type { Choice } from './choice.ts'
import { EXCHANGE_ID, toForward, toReturn } from './forwarded-headers.ts'
import type { RequestTarget } from './request-target.ts'
import type { Upstream } from './upstream.ts'

/** An answer of the balancer itself. */
interface OwnAnswer {
  status: number
  verdict: Verdict
  detail: string
}

/** Failures after which no byte of the request has left: another node may be asked. */
const IS_UNSENT = new Set(['ECONNREFUSED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/** RFC 9112 §4: nobody needs a reason phrase. One with other characters would be refused by our own server, at this answer and at any in its place. */
const IS_REASON = /^[\t\x20-\x7e\x80-\xff]*$/

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '')

/** Carries one request to a node and its answer back, both as they stream. */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #choice: Choice
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #exchange: OpenExchange
  readonly #tried = new Set<Upstream>()
  readonly #begunAt = performance.now()
  #target: RequestTarget = { host: '', path: '/' }
  #upstream: Upstream | null = null
  #affinityCookie: string | null = null
  #abort: (() => void) | null = null
  #isSent = false
  #isOver = false

  constructor(choice: Choice, request: IncomingMessage, response: ServerResponse, exchange: OpenExchange) {
    this.#choice = choice
    this.#request = request
    this.#response = response
    this.#exchange = exchange
  }

  start(target: RequestTarget): void {
    this.#target = target
    this.#response.once('close', () => this.#clientLeft())
    this.#tryNext()
  }

  /** Answers without asking a node. */
  answer(answer: OwnAnswer, step?: Step): void {
    this.#isOver = true
    const { status, verdict, detail } = answer
    const title = STATUS_CODES[status] ?? 'Error'
    const body = Buffer.from(JSON.stringify({ title, status, detail, verdict }))
    const headers = ['Content-Type', PROBLEM_TYPE, 'Content-Length', String(body.byteLength), 'Cache-Control', 'no-store']
    headers.push('X-Content-Type-Options', 'nosniff', EXCHANGE_ID, this.#exchange.id, 'Date', new Date().toUTCString())
    this.#exchange.responseHead(status, headers)
    if (this.#request.method !== 'HEAD') this.#exchange.responseBody(body)
    this.#exchange.end({ verdict, step })
    this.#response.writeHead(status, headers)
    this.#endResponse(body)
  }

  onConnect(abort: () => void): void {
    this.#isSent = true
    this.#abort = abort
    if (this.#isOver) abort()
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, statusText: string): boolean {
    // Interim answers (RFC 9110 §15.2) belong to this hop: the balancer has sent its own.
    if (status < 200) return true
    const headers = toReturn(rawHeaders, this.#exchange.id)
    if (this.#affinityCookie !== null) headers.push('Set-Cookie', this.#affinityCookie)
    this.#exchange.responseHead(status, headers)
    this.#response.sendDate = false
    this.#response.writeHead(status, IS_REASON.test(statusText) ? statusText : '', headers)
    this.#response.on('drain', resume)
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#exchange.responseBody(chunk)
    return this.#response.write(chunk)
  }

  onComplete(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#upstream?.meter.add(performance.now() - this.#begunAt)
    this.#release()
    this.#exchange.end()
    this.#endResponse()
  }

  onError(error: Error): void {
    const failed = this.#upstream
    this.#release()
    if (this.#isOver) return
    const code = codeOf(error)
    if (failed) this.#choice.suspect(failed)
    if (!this.#isSent && failed && IS_UNSENT.has(code)) {
      this.#tried.add(failed)
      this.#tryNext()
      return
    }
    if (code === 'UND_ERR_INVALID_ARG') {
      this.answer({ status: 400, verdict: 'not-auth', detail: 'This request cannot be forwarded.' })
      return
    }
    const id = failed?.id ?? 'the node'
    const isHeadSent = this.#response.headersSent
    const step = brokenStep(id, `${id} went down ${isHeadSent ? 'in the middle of its answer' : 'before it answered'}`, code)
    if (!isHeadSent) this.answer({ status: 502, verdict: 'no-node-available', detail: `${step.title}.` }, step)
    else {
      this.#isOver = true
      this.#exchange.end({ verdict: 'no-node-available', step })
      this.#response.destroy()
    }
  }

  #tryNext(): void {
    const { method, rawHeaders, headers: given } = this.#request
    const { upstream, step, affinityCookie } = this.#choice.pick(given.cookie, this.#tried)
    if (!upstream) {
      this.answer({ status: 503, verdict: 'no-node-available', detail: 'No node is up.' }, step)
      return
    }
    this.#exchange.picked(upstream.id, step)
    this.#affinityCookie = affinityCookie
    this.#upstream = upstream
    upstream.inFlight++
    const { host, path } = this.#target
    const headers = toForward(rawHeaders, { host, exchangeId: this.#exchange.id, nodeSecret: upstream.secret })
    upstream.pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body: this.#body() }, this)
  }

  /** Null when the request has no body: neither length nor chunks are announced (RFC 9112 §6.3). */
  #body(): Readable | null {
    const { 'content-length': length, 'transfer-encoding': coding } = this.#request.headers
    if (coding === undefined && (length === undefined || Number(length) === 0)) return null
    const body = Readable.from(this.#readBody(), { objectMode: false })
    // The pool reports the same failure to onError.
    body.on('error', () => {})
    return body
  }

  async *#readBody(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.#request.iterator({ destroyOnReturn: false })) {
        this.#exchange.requestBody(chunk)
        yield chunk
      }
    } finally {
      if (this.#isOver) this.#request.resume()
    }
  }

  /** What the client still sends is read and dropped, or its connection would never get to the next request. */
  #endResponse(body?: Buffer): void {
    this.#response.end(body)
    if (!this.#request.complete) this.#request.resume()
  }

  #clientLeft(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#exchange.end()
    this.#abort?.()
  }

  #release(): void {
    const upstream = this.#upstream
    this.#upstream = null
    if (!upstream) return
    upstream.inFlight--
    if (this.#isSent) upstream.onReleased?.(this.#exchange.id)
  }
}

const brokenStep = (node: string, title: string, error: string): Step => ({
  kind: 'answer',
  outcome: 'fail',
  durationUs: 0,
  title,
  evidence: { node, error },
  source: { file: 'src/server/cluster/relay.ts', symbol: 'Relay.onError' },
})
