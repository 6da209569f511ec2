import type { Request, RequestHandler, Response } from 'express'
import { refuse } from './answers.ts'
import { type EventLog, message } from './event-log.ts'

/** Messages in one write: with the socket's own buffer the most that a slow reader makes us hold. */
const MESSAGES_PER_WRITE = 512
const HEARTBEAT_MS = 15_000
const WHOLE_NUMBER = /^\d{1,15}$/

/** One reader of the log. It holds a position, never a queue: a reader that stops reading costs one write. */
class EventReader {
  readonly #log: EventLog
  readonly #response: Response
  #seq: number
  #isFull = false

  constructor(log: EventLog, response: Response, since: number) {
    this.#log = log
    this.#response = response
    this.#seq = since
    response.on('drain', () => {
      this.#isFull = false
      this.pump()
    })
  }

  /** Writes what is new until the socket is full. */
  pump(): void {
    if (!this.#log.reaches(this.#seq)) {
      // Too slow: what comes next is gone. It may come back with its last number and will be told to read the state again.
      this.#response.destroy()
      return
    }
    while (!this.#isFull && !this.#response.destroyed && this.#seq < this.#log.numbered) {
      const { text, seq } = this.#log.after(this.#seq, MESSAGES_PER_WRITE)
      this.#seq = seq
      this.#isFull = !this.#response.write(text)
    }
  }

  heartbeat(): void {
    if (!this.#isFull) this.#isFull = !this.#response.write(': still here\n\n')
  }
}

/** The number after which the reader wants events: `since`, else `Last-Event-ID`, else from now on; null when it is no number. */
function askedFrom(request: Request, log: EventLog): number | null {
  const asked = request.query['since'] ?? request.get('Last-Event-ID')
  if (asked === undefined || asked === '') return log.seq
  return typeof asked === 'string' && WHOLE_NUMBER.test(asked) ? Number(asked) : null
}

/** Answers `GET /events` with server-sent events, gap-free from the number asked for. */
export class EventStream {
  readonly #log: EventLog
  readonly #open = new Set<Response>()

  constructor(log: EventLog) {
    this.#log = log
  }

  readonly handler: RequestHandler = (request, response) => {
    const since = askedFrom(request, this.#log)
    if (since === null) {
      refuse(response, 400, { message: 'since: takes a whole number', data: { path: 'since' } })
      return
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
    this.#serve(response, since)
  }

  /** Ends every stream. */
  close(): void {
    for (const response of this.#open) response.end()
  }

  #serve(response: Response, since: number): void {
    let from = since
    if (!this.#log.reaches(since)) {
      from = this.#log.seq
      response.write(message({ seq: from, type: 'resync' }))
    }
    const reader = new EventReader(this.#log, response, from)
    const stop = this.#log.onNumbered(() => reader.pump())
    const heartbeat = setInterval(() => reader.heartbeat(), HEARTBEAT_MS)
    this.#open.add(response)
    response.on('close', () => {
      stop()
      clearInterval(heartbeat)
      this.#open.delete(response)
    })
    reader.pump()
  }
}
