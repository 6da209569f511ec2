import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import express, { type Express, type RequestHandler, type Response } from 'express'
import helmet, { type HelmetOptions } from 'helmet'
import type { FamilyDirectory } from '../storage/refresh-store.ts'
import type { RevocationDirectory } from '../storage/revoker.ts'
import type { SessionDirectory } from '../storage/session-directory.ts'
import type { TargetKeys } from '../target-keys.ts'
import { createContext, type TargetContext, type TargetCounts, type TargetDeps } from './context.ts'
import { answerFailure, answerUnknownMethod, answerUnknownPath } from './failures.ts'
import { addLatency } from './latency.ts'
import type { TargetParts } from './parts.ts'
import { retryBusy } from './retry-busy.ts'
import { addToCart } from './routes/cart.ts'
import { introspect } from './routes/introspect.ts'
import { listKeys } from './routes/jwks.ts'
import { changePassword } from './routes/password.ts'
import { portalFiles } from './routes/portal.ts'
import { listOrders, listUsers, showMe } from './routes/resources.ts'
import { revokeToken } from './routes/revoke.ts'
import { createSession, deleteSession, showSession } from './routes/session.ts'
import { deleteOneSession, deleteSessions, listSessions } from './routes/sessions.ts'
import { createToken } from './routes/token.ts'
import { createTransfer, listTransfers } from './routes/transfers.ts'
import { resetRows, seed } from './seed.ts'
import { createKeyring } from './tokens/keyring.ts'
import { traceExchanges } from './trace.ts'

/** The app under study and what its owner can do with it. */
export interface TargetApp {
  app: Express
  /** Its sessions from outside. */
  readonly sessions: SessionDirectory
  /** Its families of refresh tokens from outside. */
  readonly families: FamilyDirectory
  /** What it ended before its time, from outside. */
  readonly revocations: RevocationDirectory
  /** Writes the touches that wait. */
  flush(): void
  /** What it has counted; `sessions` is null unless they are in its own memory. */
  counts(): TargetCounts & { sessions: number | null }
  /** Works by these keys from its next check on. @throws Error when one does not fit its algorithm; then by those before */
  setKeys(keys: TargetKeys): void
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
/** For tokens: a header field holds no more than the balancer's 16 KiB, and a form may need three octets for one. */
const TOKEN_BODY_LIMIT = '48kb'
const tokenJson = express.json({ limit: TOKEN_BODY_LIMIT })
const tokenForm = express.urlencoded({ limit: TOKEN_BODY_LIMIT, extended: false })

const HELMET: HelmetOptions = {
  // Plain HTTP on loopback: there is nothing to be strict about (RFC 6797 §8.1 ignores it there anyway).
  strictTransportSecurity: false,
  // Fields for browsers and plug-ins that are gone.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
}

/** Notes the fields that are set on it, as they are spelled. */
class NotedResponse extends ServerResponse {
  readonly fields: [name: string, value: string][] = []

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.fields.push([name, String(value)])
    return this
  }
}

/** The fields of every answer. Helmet's are always the same here, so they are asked for once. */
const fixedHeaders = ({ policy }: TargetParts): [name: string, value: string][] => {
  const request = new IncomingMessage(new Socket())
  const response = new NotedResponse(request)
  helmet({ ...HELMET, contentSecurityPolicy: { useDefaults: false, directives: policy } })(request, response, (error?: unknown) => {
    if (error) throw error
  })
  // Nothing that this app says may be kept by a cache (OWASP ASVS 5 V14.3.2).
  return [...response.fields, ['Cache-Control', 'no-store']]
}

const setFixedHeaders = (parts: TargetParts): RequestHandler => {
  const fields = fixedHeaders(parts)
  return (_request, response, next) => {
    for (const [name, value] of fields) response.setHeader(name, value)
    next()
  }
}

/** Express's own looks up the same type and charset anew for every answer. */
function sendJson(this: Response, body: unknown): Response {
  const text = JSON.stringify(body)
  this.setHeader('Content-Type', 'application/json; charset=utf-8')
  this.setHeader('Content-Length', Buffer.byteLength(text))
  return this.end(text)
}

/** Every path of the app and who answers it. Express tries them in this order, so what is asked for most comes first. */
const routes = (context: TargetContext, portalDir: string): Route[] => [
  ['get', '/me', showMe(context)],
  ['post', '/session', json, createSession(context)],
  ['get', '/session', showSession(context)],
  ['delete', '/session', deleteSession(context)],
  ['post', '/session/cart', json, addToCart(context)],
  ['get', '/sessions', listSessions(context)],
  ['delete', '/sessions', deleteSessions(context)],
  ['delete', '/sessions/:id', deleteOneSession(context)],
  ['post', '/token', json, form, createToken(context)],
  ['post', '/token/revoke', tokenJson, tokenForm, revokeToken(context)],
  ['post', '/token/introspect', tokenForm, introspect(context)],
  ['get', '/orders', listOrders(context)],
  ['get', '/admin/users', listUsers(context)],
  ['post', '/transfer', json, createTransfer(context)],
  ['get', '/transfers', listTransfers(context)],
  ['post', '/password', json, changePassword(context)],
  ['get', '/.well-known/jwks.json', listKeys(context)],
  ['get', '/healthz', (_request, response) => void response.json({ status: 'ok', node: context.nodeId })],
  ...portalFiles(portalDir, context.parts).map(([path, answer]): Route => ['get', path, answer]),
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
  app.response.json = sendJson
  // Express's own last resort shows stacks otherwise.
  app.set('env', 'production')
  app.use(traceExchanges(deps), setFixedHeaders(context.parts))
  if (deps.latency) app.use(addLatency(deps.latency))
  mount(app, routes(context, deps.portalDir))
  app.use(answerUnknownPath, answerFailure)
  return {
    app,
    sessions: context.operatedSessions,
    families: context.operatedFamilies,
    revocations: context.revocation.operated,
    counts: () => ({ ...context.counts, sessions: context.store.ownSessions?.() ?? null }),
    flush: () => void context.store.flush(),
    setKeys: ({ cookieSecrets, tokenKeys, clientSecret = null, nextKeyAt = null }) => {
      context.clientSecret = clientSecret
      if (!deps.keyring) context.policy.keyring = createKeyring(tokenKeys)
      context.nextKeyAt = nextKeyAt
      context.cookieSecrets.splice(0, context.cookieSecrets.length, ...cookieSecrets)
    },
    reset: async () => {
      await context.store.clear()
      await context.operatedFamilies.clear()
      await context.revocation.operated.clear()
      await retryBusy(() => resetRows(deps.database))
    },
    close: async () => {
      await context.introspection?.close()
      context.store.close()
    },
  }
}
