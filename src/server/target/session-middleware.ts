import { randomBytes } from 'node:crypto'
import type { Request, RequestHandler, Response } from 'express'
import session, { type Store } from 'express-session'
import { placeOfSid } from '../storage/sid-key.ts'
import type { TargetContext } from './context.ts'
import { COOKIE_ATTRIBUTES } from './cookie-attributes.ts'
import { SESSION_COOKIE } from './credentials.ts'
import { report, startTimer } from './trace.ts'

declare module 'express-session' {
  interface SessionData {
    /** Name of the account that logged in. */
    account: string
    /** User-Agent of the login, shortened. */
    device: string
    /** What was put into the cart, in order. */
    cart: string[]
  }
}

/** Octets of a session id (OWASP ASVS 5 V7.2.3 asks for 16). */
const SID_BYTES = 24

/** The id that this server made for a request, so that it can be told from one that came along. */
const newIds = new WeakMap<object, string>()

const makeId = (request: object): string => {
  const sid = randomBytes(SID_BYTES).toString('base64url')
  newIds.set(request, sid)
  return sid
}

/** express-session as this app uses it. */
export const createSessionMiddleware = (store: Store, secrets: string[]): RequestHandler =>
  session({
    store,
    secret: secrets,
    name: SESSION_COOKIE,
    genid: makeId,
    cookie: COOKIE_ATTRIBUTES,
    resave: false,
    saveUninitialized: false,
  })

/** Loads the session of this request, or a new one that is not stored yet. Only routes that use a session pay for it. */
export const loadSession = (middleware: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    const loaded = middleware(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
    if (loaded instanceof Promise) loaded.catch(reject)
  })

const REGENERATE = {
  kind: 'session-regenerate',
  clause: 'OWASP ASVS 5 V7.2.4',
  file: 'session-middleware.ts',
  symbol: 'startSession',
} as const

const settle = (start: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())))

/** Longest User-Agent that is kept, characters. */
const MAX_DEVICE_LENGTH = 160

/** What the client says it is, shortened; null when it does not say. */
export const deviceOf = ({ headers }: Request): string | null => headers['user-agent']?.slice(0, MAX_DEVICE_LENGTH) ?? null

/**
 * Starts a session for an account under a new id and stores it before anything is answered, so that a cookie in the client's hands always
 * has its row. The id that the request came with, whoever planted it, is dead (session fixation).
 */
export const startSession = async (request: Request, account: string): Promise<void> => {
  const startedAt = startTimer()
  const given = newIds.get(request) === request.sessionID ? null : request.sessionID
  // Where none came along, express-session has just made one. Changing it once more would make it forget what it has saved, and save twice.
  if (given !== null) await settle((done) => request.session.regenerate(done))
  const fresh = request.sessionID
  report(REGENERATE, {
    outcome: 'pass',
    startedAt,
    title: given === null ? 'New session id' : 'New session id; the one before it is dead',
    evidence: () => ({ id: publicId(fresh), previousId: given === null ? null : publicId(given), bits: SID_BYTES * 8 }),
  })
  request.session.account = account
  request.session.device = deviceOf(request) ?? ''
  try {
    await settle((done) => request.session.save(done))
  } catch (error) {
    // Without this express-session would hand out the cookie of a session that is nowhere.
    Reflect.deleteProperty(request, 'session')
    throw error
  }
}

/** Deletes this request's session from the store and its cookie from the client. */
export const endSession = async (context: Pick<TargetContext, 'cookies'>, request: Request, response: Response): Promise<void> => {
  await settle((done) => request.session.destroy(done))
  clearCredentials(context, response)
}

/** Ends the session that a request came with, for a login that takes its place; other cookies stay. */
export const dropSession = async (request: Request, response: Response): Promise<void> => {
  await settle((done) => request.session.destroy(done))
  response.clearCookie(SESSION_COOKIE, COOKIE_ATTRIBUTES)
}

/** Makes the client forget the cookies that are credentials and what it stored for this site (W3C Clear Site Data §3.1). */
export const clearCredentials = ({ cookies }: Pick<TargetContext, 'cookies'>, response: Response): void => {
  response.clearCookie(SESSION_COOKIE, COOKIE_ATTRIBUTES)
  cookies.clear(response)
  response.setHeader('Clear-Site-Data', '"cache", "cookies", "storage"')
}

/** SHA-256 of a raw session id, hexadecimal: what may be shown. */
export const publicId = (sid: string): string => placeOfSid(sid).id
