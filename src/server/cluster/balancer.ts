import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { StrategyName } from '../../contract/cluster.ts'
import type { Clock } from '../clock.ts'
import { LabError } from '../errors.ts'
import type { Recorder } from '../traffic/recorder.ts'
import { Choice } from './choice.ts'
import { refuseMalformed } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import { CLIENT_TAG, toRecord, valuesOf } from './forwarded-headers.ts'
import { Relay } from './relay.ts'
import { readTarget } from './request-target.ts'

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
  /** Connections on which a request waits for its answer or gets it. */
  readonly #answers = new WeakMap<Duplex, ServerResponse>()
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
    server.on('clientError', (error, socket) => {
      const current = this.#answers.get(socket)
      refuseMalformed(error, socket, current !== undefined && !current.writableFinished && current.headersSent)
    })
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => reject(toLabError(cause, this.#options.port)))
      server.listen(this.#options.port, '127.0.0.1', () => {
        this.#port = (server.address() as AddressInfo).port
        resolve(server)
      })
    })
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { recorder, clock } = this.#options
    this.#answers.set(request.socket, response)
    const exchange = recorder.begin({
      startedAt: Date.now(),
      labTime: clock.nowMs(),
      client: this.#clientOf(request),
      method: request.method ?? '',
      path: request.url ?? '',
      rawHeaders: toRecord(request.rawHeaders),
    })
    const relay = new Relay(this.choice, request, response, exchange)
    const target = readTarget(request, this.#port)
    if ('status' in target) {
      relay.answer({ ...target, verdict: 'not-auth' })
    } else if (hasUnknownCoding(request)) {
      relay.answer({ status: 501, verdict: 'not-auth', detail: 'Only chunked is understood as Transfer-Encoding (RFC 9112 §6.1).' })
    } else relay.start(target)
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

/** The next hop frames the body anew: a coding under chunked would be lost, and the node would read what nobody sent. */
const hasUnknownCoding = ({ headers }: IncomingMessage): boolean => {
  const coding = headers['transfer-encoding']
  return coding !== undefined && coding.trim().toLowerCase() !== 'chunked'
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
