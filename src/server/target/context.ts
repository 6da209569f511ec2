import type Database from 'better-sqlite3'
import type { RequestHandler } from 'express'
import type { Lifetimes } from '../../contract/lifetimes.ts'
import type { RevocationWay } from '../../contract/revocation.ts'
import type { Clock } from '../clock.ts'
import { AccountRows } from '../storage/account-rows.ts'
import { RefreshRows } from '../storage/refresh-rows.ts'
import type { FamilyDirectory } from '../storage/refresh-store.ts'
import type { RevocationRecords } from '../storage/revocation-records.ts'
import { RevocationRows } from '../storage/revocation-rows.ts'
import { type RevocationDirectory, Revoker } from '../storage/revoker.ts'
import { type AppSessionDirectory, type SessionDirectory, SqliteDirectory } from '../storage/session-directory.ts'
import { ThrottleRows } from '../storage/throttle-rows.ts'
import type { TargetKeys } from '../target-keys.ts'
import { SOUND_PARTS, type TargetParts } from './parts.ts'
import { retryBusy } from './retry-busy.ts'
import { createSessionMiddleware } from './session-middleware.ts'
import { type CreateStorage, type SessionStorage, sqliteStorage } from './session-storage.ts'
import { gatedStorage, type StoreFaults, StoreGate } from './sessions/faulty-session-store.ts'
import { createTokenCookies, type TokenCookies } from './token-cookies.ts'
import { IntrospectionClient, type IntrospectionEndpoint } from './tokens/introspection-client.ts'
import type { TokenPolicy } from './tokens/issue.ts'
import { createKeyring, type Keyring } from './tokens/keyring.ts'
import type { RefreshLimits, RefreshPolicy } from './tokens/refresh-tokens.ts'
import type { ExchangeTrace } from './trace.ts'
import { TracedSessionStore, traceWatch } from './traced-session-store.ts'

/** What the app under study is given from outside. */
export interface TargetDeps {
  nodeId: string
  clock: Clock
  /** The time of the database that nodes share: what they count together must not depend on a clock that is off. `clock` when absent. */
  databaseClock?: Clock
  /** Opened and migrated; the app does not close it. */
  database: Database.Database
  keys: TargetKeys
  /** What tokens are verified with, when it is not `keys`. */
  keyring?: Keyring
  lifetimes: Lifetimes
  /** How access tokens end before their `exp`; `none` when absent. */
  revocation?: RevocationWay
  /** Whether the account is read after a token has verified; false when absent. */
  recheckAccount?: boolean
  /** Whether cookies that carry tokens have the prefixes of RFC 6265bis §4.1.3; false when absent. */
  cookiePrefix?: boolean
  /** How many groups every access token names; none when absent. */
  extraClaims?: number
  /** The longest that any access token which is out can live; `lifetimes.accessToken` when absent. */
  longestTokenSeconds?: number
  /** Where tokens are asked about under the way `introspection`; nobody is let in under it when absent. */
  introspection?: IntrospectionEndpoint
  issuer: string
  audience: string
  /** How lenient it is about a token's times; 0 when absent. */
  leewaySeconds?: number
  isTracing: boolean
  /** Where sessions are kept; in the database when absent. */
  createStorage?: CreateStorage
  /** What is wrong with the session store on purpose. Its uses are counted only when this is given. */
  storeFaults?: StoreFaults
  /** How long each request is held back, milliseconds; read anew each time. */
  latency?: { readonly latencyMs: number }
  /** Folder of the portal page. */
  portalDir: string
  /** What it is composed of; the sound parts when absent. */
  parts?: TargetParts
  /** Called once an exchange, after the answer; never when tracing is off. */
  onTrace(trace: ExchangeTrace): void
}

/** What the app counts of its own work, since it was built or reset. */
export interface TargetCounts {
  storeReads: number
  storeWrites: number
  /** Access tokens that were accepted; none of them took a use of the session store. */
  tokensVerified: number
  /** Look-ups that asked whether an access token has been revoked. */
  revocationReads: number
}

/** What the routes share. */
export interface TargetContext {
  counts: TargetCounts
  nodeId: string
  parts: TargetParts
  clock: Clock
  database: Database.Database
  /** Always this array, changed in place: express-session reads it anew for every request. */
  readonly cookieSecrets: string[]
  /** How tokens travel in cookies. */
  readonly cookies: TokenCookies
  /** Of the one confidential client; null when none can authenticate. */
  clientSecret: string | null
  /** When the next key is planned, on the lab clock, Unix milliseconds; null when none is. */
  nextKeyAt: number | null
  policy: TokenPolicy
  refresh: RefreshPolicy
  accounts: AccountRows
  /** The sessions from outside, in whatever store they are. */
  sessions: AppSessionDirectory
  /** The same for whoever operates the app: no fault on purpose stands before it. */
  operatedSessions: SessionDirectory
  /** The families of refresh tokens for the same. */
  operatedFamilies: FamilyDirectory
  revocation: RevocationPolicy
  /** Null unless tokens are asked about. */
  introspection: IntrospectionClient | null
  store: SessionStorage
  throttle: ThrottleRows
  sessionMiddleware: RequestHandler
}

/** How access tokens end early here. */
export interface RevocationPolicy {
  readonly way: RevocationWay
  /** The account is read after a token has verified. */
  readonly isAccountRead: boolean
  readonly records: RevocationRecords
  readonly revoker: Revoker
  /** For whoever operates the app: no fault on purpose stands before it. */
  readonly operated: RevocationDirectory
}

/** Failed logins of one name are counted this long, seconds. */
const THROTTLE_WINDOW_SECONDS = 15 * 60

const refreshLimits = ({ refreshIdle, refreshAbsolute, refreshGrace }: Lifetimes): RefreshLimits => ({
  idleSeconds: refreshIdle,
  absoluteSeconds: refreshAbsolute,
  graceSeconds: refreshGrace,
})

type Stores = Pick<Required<SessionStorage>, 'refresh' | 'revocations'>

const revocationPolicy = (deps: TargetDeps, whole: Stores, gated: Stores): RevocationPolicy => {
  const { lifetimes, longestTokenSeconds = lifetimes.accessToken, revocation: way = 'none', recheckAccount = false } = deps
  const revokerOf = ({ revocations, refresh }: Stores): Revoker =>
    new Revoker({
      records: revocations,
      families: refresh,
      // What nodes keep together must not depend on a clock that is off.
      clock: deps.databaseClock ?? deps.clock,
      way: () => way,
      tokenLifeMs: () => longestTokenSeconds * 1000,
    })
  return { way, isAccountRead: recheckAccount, records: gated.revocations, revoker: revokerOf(gated), operated: revokerOf(whole) }
}

/** Builds what the routes share. */
export const createContext = (deps: TargetDeps): TargetContext => {
  const { nodeId, clock, database, keys, lifetimes, issuer, audience } = deps
  const { sessionIdle, sessionAbsolute, accessToken } = lifetimes
  const { createStorage = sqliteStorage, isTracing } = deps
  const storageDeps = { database, clock, nodeId, idleSeconds: sessionIdle, absoluteSeconds: sessionAbsolute }
  const counts = { storeReads: 0, storeWrites: 0, tokensVerified: 0, revocationReads: 0 }
  const made = createStorage(storageDeps, isTracing ? traceWatch : null)
  const whole = {
    ...made,
    directory: made.directory ?? new SqliteDirectory(database, clock, retryBusy),
    refresh: made.refresh ?? new RefreshRows(database, retryBusy),
    revocations: made.revocations ?? new RevocationRows(database, retryBusy),
  }
  const store = deps.storeFaults ? gatedStorage(whole, new StoreGate(deps.storeFaults, counts)) : whole
  const cookieSecrets = [...keys.cookieSecrets]
  const sessionStore = isTracing ? new TracedSessionStore(store) : store.store
  return {
    counts,
    nodeId,
    parts: deps.parts ?? SOUND_PARTS,
    clock,
    database,
    cookieSecrets,
    cookies: createTokenCookies(deps.cookiePrefix ?? false),
    clientSecret: keys.clientSecret ?? null,
    nextKeyAt: keys.nextKeyAt ?? null,
    policy: {
      clock,
      keyring: deps.keyring ?? createKeyring(keys.tokenKeys),
      issuer,
      audience,
      ttlSeconds: accessToken,
      groupCount: deps.extraClaims ?? 0,
      leewaySeconds: deps.leewaySeconds ?? 0,
    },
    refresh: { limits: refreshLimits(lifetimes), store: store.refresh },
    accounts: new AccountRows(database),
    sessions: store.directory,
    operatedSessions: whole.directory,
    operatedFamilies: whole.refresh,
    revocation: revocationPolicy(deps, whole, store),
    introspection: deps.introspection ? new IntrospectionClient(deps.introspection) : null,
    store,
    throttle: new ThrottleRows(database, deps.databaseClock ?? clock, THROTTLE_WINDOW_SECONDS),
    sessionMiddleware: createSessionMiddleware(sessionStore, cookieSecrets),
  }
}
