import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve } from 'node:path'
import type { ExchangeSummary } from '../src/contract/exchanges.ts'
import { API_BASE } from '../src/contract/index.ts'
import type { LabState } from '../src/contract/lab.ts'
import { LIFETIMES } from '../src/server/target-defaults.ts'

const RENDERER = resolve(import.meta.dirname, '../out/renderer')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const BATCH_MS = 16
/** An empty page of the same origin, where the app's style sheets and fonts load. */
export const EMPTY_PAGE = '/empty'
const STARTED_AT = Date.UTC(2026, 0, 1)

const KINDS = [
  { client: 'alice-laptop', clientName: 'Alice·Laptop', method: 'GET', path: '/me', status: 200, mechanism: 'session', verdict: 'allowed' },
  {
    client: 'bob-laptop',
    clientName: 'Bob·Laptop',
    method: 'GET',
    path: '/orders',
    status: 200,
    mechanism: 'jwt-bearer',
    verdict: 'allowed',
  },
  {
    client: 'mallory',
    clientName: 'Mallory',
    method: 'GET',
    path: '/admin/users',
    status: 401,
    mechanism: 'jwt-bearer',
    verdict: 'bad-signature',
  },
  {
    client: 'alice-phone',
    clientName: 'Alice·Phone',
    method: 'POST',
    path: '/transfer',
    status: 403,
    mechanism: 'jwt-cookie',
    verdict: 'csrf-blocked',
  },
  { client: null, clientName: null, method: 'GET', path: '/me', status: 401, mechanism: 'none', verdict: 'no-credential' },
] as const satisfies ReadonlyArray<Partial<ExchangeSummary>>

function exchange(seq: number): ExchangeSummary {
  const kind = KINDS[seq % KINDS.length] ?? KINDS[0]
  const time = STARTED_AT + seq * 20
  return {
    ...kind,
    id: `load-${seq}`,
    seq,
    startedAt: time,
    labTime: time,
    node: `node-${1 + (seq % 3)}`,
    durationMs: 0.4 + (seq % 90) / 10,
    requestBytes: 212,
    responseBytes: 180 + (seq % 700),
  }
}

function stateWith(count: number): LabState {
  return {
    seq: 0,
    version: 'bench',
    mode: 'browser',
    balancer: { url: 'http://127.0.0.1:4700', portalUrl: '' },
    cluster: {
      strategy: 'round-robin',
      store: 'sqlite',
      redisUrl: null,
      isRedisOwn: false,
      canStartRedis: false,
      storeState: 'ok',
      storeLatencyMs: 0,
      isStoreOut: false,
      leewaySeconds: 0,
      revocation: 'none',
      recheckAccount: false,
      cookiePrefix: false,
      extraClaims: 0,
      lifetimes: LIFETIMES,
      isRolling: false,
    },
    keyring: { algorithm: 'HS256', keys: [], cookieSecrets: [], rotation: { everySeconds: null, nextAt: null }, atRest: 'file-0600' },
    clock: { offsetMs: 0, isPaused: false, labTime: Date.now(), realTime: Date.now() },
    recording: { isOn: true, capacity: 2 * count, count },
    nodes: [],
    clients: [],
    accounts: [],
    sessions: [],
    exchanges: range(Math.max(1, count - 499), count),
    actions: [],
    revocations: [],
    notices: [],
    lesson: null,
    attackerSite: { url: null, siblingUrl: null },
    weaknesses: [],
  }
}

const range = (first: number, last: number): ExchangeSummary[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => exchange(first + index))

/** A control API that knows nothing but traffic, as much and as fast as a bench asks for: the page is what is measured. */
export interface PageServer {
  readonly url: string
  /** Sends this many events a second for so long, in batches as the lab does; resolves to the `seq` of the last exchange. */
  flood(perSecond: number, seconds: number): Promise<number>
  close(): void
}

const json = (response: ServerResponse, body: unknown): void => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}

function file(path: string, response: ServerResponse): void {
  if (path === EMPTY_PAGE) {
    response.setHeader('content-type', 'text/html').end('<!doctype html>')
    return
  }
  const found = join(RENDERER, path === '/' ? 'index.html' : path)
  if (!found.startsWith(RENDERER) || !existsSync(found)) response.writeHead(404).end()
  else response.setHeader('content-type', TYPES[extname(found)] ?? 'application/octet-stream').end(readFileSync(found))
}

/** Serves the built page and a lab that has this many exchanges. */
export async function servePage(count: number): Promise<PageServer> {
  const streams = new Set<ServerResponse>()
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    streams.add(response)
    request.on('close', () => streams.delete(response))
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === `${API_BASE}/lab`) json(response, stateWith(count))
    else if (pathname === `${API_BASE}/events`) listen(request, response)
    else if (pathname === `${API_BASE}/exchange-summaries`) {
      const last = Math.min(count, Number(searchParams.get('before') ?? count + 1) - 1)
      json(response, range(Math.max(1, last - Number(searchParams.get('limit') ?? 500) + 1), last))
    } else file(pathname, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  let seq = 0
  const send = (until: number): void => {
    let text = ''
    while (seq < until) {
      seq += 1
      text += `id: ${seq}\ndata: ${JSON.stringify({ seq, type: 'exchange', exchange: exchange(count + seq) })}\n\n`
    }
    for (const stream of streams) stream.write(text)
  }
  const flood = (perSecond: number, seconds: number): Promise<number> =>
    new Promise((done) => {
      const startedAt = performance.now()
      const timer = setInterval(() => {
        send(Math.min(perSecond * seconds, Math.floor(((performance.now() - startedAt) * perSecond) / 1000)))
        if (seq < perSecond * seconds) return
        clearInterval(timer)
        done(count + seq)
      }, BATCH_MS)
    })
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/#token=bench`, flood, close }
}
