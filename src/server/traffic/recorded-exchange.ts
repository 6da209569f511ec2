import type { Exchange, ExchangeSummary } from '../../contract/exchanges.ts'
import type { ExchangeMechanism } from '../../contract/mechanism.ts'
import type { Step } from '../../contract/step.ts'
import type { Verdict } from '../../contract/verdict.ts'
import { CapturedBody } from './captured-body.ts'
import { carriedMechanism } from './carried-mechanism.ts'
import { type MessageValues, toExchange } from './exchange-row.ts'

/** What the balancer knows of a request when its head is in. */
export interface ExchangeStart {
  /** Real and lab time, Unix milliseconds. */
  startedAt: number
  labTime: number
  client: { id: string; name: string } | null
  method: string
  /** Path and query, as on the request line. */
  path: string
  /** Names and values in wire order, without the client's tag. */
  rawHeaders: string[]
}

/** What a node reports of one exchange once it has answered. */
export interface TraceOfExchange {
  exchangeId: string
  verdict: Verdict
  mechanism: ExchangeMechanism
  /** JSON that `readSteps` reads, when someone asks. */
  stepsJson: string
}

/** What the balancer saw of an exchange that is open, or waits for its node's trace. */
export interface SeenExchange {
  /** Whether it is recorded. */
  readonly isKept: boolean
  /** The node that was picked last. */
  readonly node: string | null
  /** Lab time when its head was in, Unix milliseconds. */
  readonly labTime: number
  /** Milliseconds on the monotonic clock. */
  readonly begunAt: number
  /** Null until the last byte has gone by. */
  readonly endedAt: number | null
}

/** How an exchange ended where no node's trace can tell. */
export interface Ending {
  /** Given when no trace is to be waited for: it stands even if the node reported another, for the client never got that answer whole. */
  verdict?: Verdict
  /** Added after all other steps. */
  step?: Step
}

/** The balancer's handle on one exchange while its bytes go by. */
export interface OpenExchange {
  /** The value of `X-AuthLab-Exchange`. */
  readonly id: string
  readonly seq: number
  requestBody(chunk: Uint8Array): void
  /** A node was picked; called again when the first could not be reached. */
  picked(node: string, step: Step): void
  responseHead(status: number, rawHeaders: string[]): void
  responseBody(chunk: Uint8Array): void
  /** Nothing more will go by. Only the first call counts. */
  end(ending?: Ending): void
}

/** `HTTP/1.1 ` and the line ends of a request line or a status line, and of the empty line. */
const START_LINE_BYTES = 14

/** Field in which the target names its node, lower case. */
const NODE_NAME = 'x-authlab-node'

const headBytes = (startLine: number, rawHeaders: string[]): number => {
  let bytes = START_LINE_BYTES + startLine
  for (const part of rawHeaders) bytes += part.length + 2
  return bytes
}

/** One exchange in memory, from its request line until it is stored. */
export class RecordedExchange implements OpenExchange, SeenExchange {
  readonly id: string
  readonly seq: number
  readonly isKept: boolean
  /** Milliseconds on the monotonic clock. */
  readonly begunAt = performance.now()
  readonly #start: ExchangeStart
  readonly #request: CapturedBody
  readonly #response: CapturedBody
  readonly #onEnd: (exchange: RecordedExchange) => void
  #node: string | null = null
  #status: number | null = null
  #responseHeaders: string[] = []
  #steps: string[] = []
  #trace: TraceOfExchange | null = null
  #ending: Ending | null = null
  #endedAt: number | null = null
  #isUntraced = false
  isAnnounced = false

  constructor(start: ExchangeStart, identity: { id: string; seq: number; isKept: boolean }, onEnd: (exchange: RecordedExchange) => void) {
    this.id = identity.id
    this.seq = identity.seq
    this.isKept = identity.isKept
    this.#start = start
    this.#request = new CapturedBody(identity.isKept)
    this.#response = new CapturedBody(identity.isKept)
    this.#onEnd = onEnd
  }

  requestBody(chunk: Uint8Array): void {
    this.#request.add(chunk)
  }

  picked(node: string, step: Step): void {
    this.#node = node
    if (this.isKept) this.#steps.push(JSON.stringify(step))
  }

  responseHead(status: number, rawHeaders: string[]): void {
    this.#status = status
    this.#responseHeaders = rawHeaders
  }

  responseBody(chunk: Uint8Array): void {
    this.#response.add(chunk)
  }

  end(ending: Ending = {}): void {
    if (this.#ending) return
    this.#ending = ending
    this.#endedAt = performance.now()
    if (!this.#comesFromTarget()) this.#isUntraced = true
    this.#onEnd(this)
  }

  /** No steps are to be waited for any more. */
  giveUpTrace(): void {
    this.#isUntraced = true
  }

  /** The target names its node in every answer; what answers without doing so reports no steps. While nothing was answered, it still may. */
  #comesFromTarget(): boolean {
    if (this.#node === null) return false
    return this.#status === null || this.#responseHeaders.some((part, at) => at % 2 === 0 && part.toLowerCase() === NODE_NAME)
  }

  /** The node's steps will not come, and this step says why. @returns whether the exchange is complete with that. */
  missTrace(step: Step): boolean {
    if (this.isKept) this.#steps.push(JSON.stringify(step))
    this.#isUntraced = true
    return this.isComplete
  }

  /** @returns whether the exchange is complete with it. */
  joinTrace(trace: TraceOfExchange): boolean {
    this.#trace = trace
    return this.isComplete
  }

  /** Bytes are through and either the node's steps are there or none will come. */
  get isComplete(): boolean {
    return this.#ending !== null && (this.#trace !== null || this.#ending.verdict !== undefined || this.#isUntraced)
  }

  /** Monotonic time of the last byte, milliseconds; null while open. */
  get endedAt(): number | null {
    return this.#endedAt
  }

  get node(): string | null {
    return this.#node
  }

  get labTime(): number {
    return this.#start.labTime
  }

  summary(): ExchangeSummary {
    const isOpen = !this.isComplete
    const { startedAt, labTime, client, method, path, rawHeaders } = this.#start
    const headOfResponse = this.#status === null ? 0 : headBytes(3, this.#responseHeaders)
    return {
      id: this.id,
      seq: this.seq,
      startedAt,
      labTime,
      client: client?.id ?? null,
      clientName: client?.name ?? null,
      node: this.#node,
      method,
      path,
      // 0: the client left before any answer could be sent.
      status: isOpen ? null : (this.#status ?? 0),
      mechanism: this.#trace?.mechanism ?? carriedMechanism(rawHeaders),
      verdict: isOpen ? null : (this.#ending?.verdict ?? this.#trace?.verdict ?? 'not-auth'),
      durationMs: isOpen ? null : Math.round(((this.#endedAt ?? 0) - this.begunAt) * 1000) / 1000,
      requestBytes: headBytes(method.length + path.length, rawHeaders) + this.#request.seenBytes,
      responseBytes: headOfResponse + this.#response.seenBytes,
    }
  }

  messages(): MessageValues {
    return {
      requestHeaders: JSON.stringify(this.#start.rawHeaders),
      requestKeptBytes: this.#request.keptBytes,
      requestBodyBytes: this.#request.seenBytes,
      responseHeaders: JSON.stringify(this.#responseHeaders),
      responseKeptBytes: this.#response.keptBytes,
      responseBodyBytes: this.#response.seenBytes,
      steps: this.#stepsJson(),
    }
  }

  /** The kept octets of the request's and of the response's body. */
  bodies(): [request: Uint8Array, response: Uint8Array] {
    return [this.#request.bytes(), this.#response.bytes()]
  }

  /** As much of it as is known now. */
  exchange(): Exchange {
    const [requestBody, responseBody] = this.bodies()
    return toExchange({ ...this.summary(), ...this.messages(), requestBody, responseBody })
  }

  #stepsJson(): string {
    const ofNode = this.#trace?.stepsJson ?? ''
    const last = this.#ending?.step ? JSON.stringify(this.#ending.step) : ''
    return `[${[...this.#steps, ofNode, last].filter((json) => json !== '').join()}]`
  }
}
