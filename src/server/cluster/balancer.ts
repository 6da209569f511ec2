import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { StrategyName } from '../../contract/cluster.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import type { OpenExchange } from '../traffic/recorded-exchange.ts'
import type { Recorder } from '../traffic/recorder.ts'
import { Choice } from './choice.ts'
import { endWith, type Refusal, refuseMalformedAt, toRawAnswer } from './client-error.ts'
import { CLIENT_TAG, EXCHANGE_ID, toRecord, valuesOf } from './forwarded-headers.ts'
import { Relay } from './relay.ts'
import { readTarget } from './request-target.ts'
import type { Cluster } from './running-cluster.ts'

/** The reverse proxy in front of the nodes. */
export interface Balancer {
  port: number
  /** `http://127.0.0.1:PORT`. */
  url: string
  /** Can be changed at any time; requests in flight are not moved. */
  strategy: StrategyName
  /** Closes all connections. */
  close(): Promise<void>
}

/** How a balancer is started. */
export interface BalancerOptions {
  /** 0 for any free one. */
  port: number
  cluster: Pick<Cluster, 'upstreams' | 'suspect'>
  strategy: StrategyName
  recorder: Pick<Recorder, 'begin'>
  clock: Clock
  /** The client with that secret tag; null for a tag of nobody. */
  clientByTag(tag: string): { id: string; name: string } | null
}

/** Takes requests on loopback only, records each and relays it to a node. */
class HttpBalancer {
  readonly #options: BalancerOptions
  /** How it chooses. */
  readonly choice: Choice
  /** Known once it listens. */
  #port = 0

  constructor(options: BalancerOptions) {
    this.#options = options
    this.choice = new Choice(options.cluster, options.strategy)
  }

  listen(): Promise<Server> {
    // The Host field is checked here and not by Node, so that the refusal is recorded like any other exchange.
    const server = createServer({ keepAliveTimeout: 75_000, requireHostHeader: false }, (request, response) =>
      this.#take(request, response),
    )
    server.maxHeadersCount = 0
    refuseMalformedAt(server)
    server.on('checkExpectation', (request, response) => this.#refuse(request, response, UNKNOWN_EXPECTATION))
    server.on('connect', (request, socket) => this.#refuseTunnel(request, socket))
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(toLabError(cause, this.#options.port)))
      server.listen(this.#options.port, '127.0.0.1', () => {
        this.#port = (server.address() as AddressInfo).port
        resolve(server)
      })
    })
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const target = readTarget(request, this.#port)
    const coding = refuseCoding(request)
    if (coding) this.#refuse(request, response, coding)
    else if ('status' in target) this.#relay(request, response).answer({ ...target, verdict: 'not-auth' })
    else this.#relay(request, response).start(target)
  }

  /** Answers by itself and closes: what follows on this connection may not be what it seems. */
  #refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    response.shouldKeepAlive = false
    this.#relay(request, response).answer({ ...refusal, verdict: 'not-auth' })
  }

  /** For CONNECT Node hands over the bare connection. */
  #refuseTunnel(request: IncomingMessage, socket: Duplex): void {
    const exchange = this.#begin(request)
    const answer = toRawAnswer(NO_TUNNEL, [EXCHANGE_ID, exchange.id])
    exchange.responseHead(answer.status, answer.headers)
    exchange.responseBody(answer.body)
    exchange.end({ verdict: 'not-auth' })
    // A client that is gone by now wants no answer; one that stays would hold up the end of this server.
    socket.on('error', () => socket.destroy()).resume()
    endWith(socket, answer, () => socket.destroy())
  }

  #relay(request: IncomingMessage, response: ServerResponse): Relay {
    return new Relay(this.choice, request, response, this.#begin(request))
  }

  #begin(request: IncomingMessage): OpenExchange {
    const { recorder, clock } = this.#options
    return recorder.begin({
      startedAt: Date.now(),
      labTime: clock.nowMs(),
      client: this.#clientOf(request),
      method: request.method ?? '',
      path: request.url ?? '',
      rawHeaders: toRecord(request.rawHeaders),
    })
  }

  #clientOf(request: IncomingMessage): { id: string; name: string } | null {
    if (request.headers[CLIENT_TAG] === undefined) return null
    for (const tag of valuesOf(request.rawHeaders, CLIENT_TAG)) {
      const client = this.#options.clientByTag(tag)
      if (client) return client
    }
    return null
  }
}

const UNKNOWN_EXPECTATION: Refusal = { status: 417, detail: 'The only expectation that is understood is 100-continue (RFC 9110 §10.1.1).' }
const NO_TUNNEL: Refusal = { status: 501, detail: 'This balancer opens no tunnels (RFC 9110 §9.3.6).' }

/** Why a body cannot be passed on as it is framed; null when it can. */
const refuseCoding = ({ headers, httpVersion }: IncomingMessage): Refusal | null => {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return null
  if (httpVersion === '1.0') return { status: 400, detail: 'HTTP/1.0 has no Transfer-Encoding: its framing is faulty (RFC 9112 §6.1).' }
  // The next hop frames the body anew: a coding under chunked would be lost, and the node would read what nobody sent.
  if (coding.trim().toLowerCase() === 'chunked') return null
  return { status: 501, detail: 'Only chunked is understood as Transfer-Encoding (RFC 9112 §6.1).' }
}

const toLabError = (cause: Error, port: number): LabError => {
  const code = 'code' in cause ? cause.code : ''
  if (code === 'EADDRINUSE') return new LabError('port-taken', `Port ${port} is taken: choose another with --balancer-port N.`, { cause })
  return new LabError('port-unusable', `Port ${port} cannot be listened on: choose another with --balancer-port N.`, { cause })
}

/** Starts the balancer. @throws LabError `port-taken` or `port-unusable`. */
export const startBalancer = async (options: BalancerOptions): Promise<Balancer> => {
  const balancer = new HttpBalancer(options)
  const server = await balancer.listen()
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get strategy() {
      return balancer.choice.strategy
    },
    set strategy(name) {
      balancer.choice.strategy = name
    },
    close,
  }
}
