import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { createContext, type TargetContext, type TargetCounts, type TargetDeps } from './context.ts'
import { answerFailure, answerUnknownMethod, answerUnknownPath } from './failures.ts'
import { addLatency } from './latency.ts'
import { retryBusy } from './retry-busy.ts'
import { changePassword } from './routes/password.ts'
import { portalFile } from './routes/portal.ts'
import { createTransfer, listOrders, listUsers, showMe } from './routes/resources.ts'
import { createSession, deleteSession, showSession } from './routes/session.ts'
import { deleteOneSession, deleteSessions, listSessions } from './routes/sessions.ts'
import { createToken } from './routes/token.ts'
import { resetRows, seed } from './seed.ts'
import { traceExchanges } from './trace.ts'

/** The app under study and what its owner can do with it. */
export interface TargetApp {
  app: Express
  /** Writes the touches that wait. */
  flush(): void
  /** What it has counted; `sessions` is null unless they are in its own memory. */
  counts(): TargetCounts & { sessions: number | null }
  /** Back to the starting accounts, with no sessions. */
  reset(): Promise<void>
  /** Writes what waits and stops all timers; the database stays open. */
  close(): Promise<void>
}

type Method = 'get' | 'post' | 'delete'
type Route = readonly [method: Method, path: string, ...handlers: RequestHandler[]]

const BODY_LIMIT = '16kb'
const json = express.json({ limit: BODY_LIMIT })
const form = express.urlencoded({ limit: BODY_LIMIT, extended: false })

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Plain HTTP on loopback: there is nothing to be strict about (RFC 6797 §8.1 ignores it there anyway).
  strictTransportSecurity: false,
})

/** Nothing that this app says may be kept by a cache (OWASP ASVS 5 V14.3.2). */
const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store')
  next()
}

/** Every path of the app and who answers it. */
const routes = (context: TargetContext, portalDir: string): Route[] => [
  ['post', '/session', json, createSession(context)],
  ['get', '/session', showSession(context)],
  ['delete', '/session', deleteSession(context)],
  ['get', '/sessions', listSessions(context)],
  ['delete', '/sessions', deleteSessions(context)],
  ['delete', '/sessions/:id', deleteOneSession(context)],
  ['post', '/token', json, form, createToken(context)],
  ['get', '/me', showMe(context)],
  ['get', '/orders', listOrders(context)],
  ['get', '/admin/users', listUsers(context)],
  ['post', '/transfer', json, createTransfer(context)],
  ['post', '/password', json, changePassword(context)],
  // Symmetric keys have no public half: the set stays empty (RFC 7517 §5).
  ['get', '/.well-known/jwks.json', (_request, response) => void response.type('application/jwk-set+json').send('{"keys":[]}')],
  ['get', '/healthz', (_request, response) => void response.json({ status: 'ok', node: context.nodeId })],
  ['get', '/', portalFile(portalDir, 'index.html')],
  ['get', '/portal.css', portalFile(portalDir, 'portal.css')],
  ['get', '/portal.js', portalFile(portalDir, 'portal.js')],
]

const mount = (app: Express, table: readonly Route[]): void => {
  const methods = new Map<string, string[]>()
  for (const [method, path, ...handlers] of table) {
    app[method](path, ...handlers)
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()])
  }
  for (const [path, known] of methods) app.all(path, answerUnknownMethod(known))
}

/** Builds the app under study: plain Express, one instance a node. Seeds the starting accounts into an empty database. */
export const createTargetApp = (deps: TargetDeps): TargetApp => {
  seed(deps.database)
  const context = createContext(deps)
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  // Express's own last resort shows stacks otherwise.
  app.set('env', 'production')
  app.use(traceExchanges(deps), securityHeaders, noStore)
  if (deps.latency) app.use(addLatency(deps.latency))
  mount(app, routes(context, deps.portalDir))
  app.use(answerUnknownPath, answerFailure)
  return {
    app,
    counts: () => ({ ...context.counts, sessions: context.store.ownSessions?.() ?? null }),
    flush: () => void context.store.flush(),
    reset: async () => {
      await context.store.clear()
      await retryBusy(() => resetRows(deps.database))
    },
    close: async () => context.store.close(),
  }
}
