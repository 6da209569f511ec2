import type { Account } from '../../contract/accounts.ts'
import type { Client } from '../../contract/clients.ts'
import type { ComparisonProgress } from '../../contract/comparison.ts'
import type { LabEvent } from '../../contract/events.ts'
import type { LabState, OperatorAction } from '../../contract/lab.ts'
import { MAX_REVOCATIONS, type Revocation } from '../../contract/revocations.ts'
import type { SessionRow } from '../../contract/sessions.ts'

/** The lab as the page knows it, without the exchanges, which an {@link ExchangeLog} keeps. */
export interface LabModel extends Omit<LabState, 'exchanges' | 'sessions'> {
  /** By `id`. */
  readonly sessions: ReadonlyMap<string, SessionRow>
  /** True when `sessions` holds every row of the store, so that a missing one is gone. */
  readonly hasAllSessions: boolean
  /** Rows known to be gone, counted only while not all rows are known. */
  readonly goneSessions: ReadonlySet<string>
  /** True when an event was missed or the server said so: read the whole state again. */
  readonly isStale: boolean
  /** How far the comparison is that is being run; null when none is, or nothing has been told of it yet. */
  readonly comparison: ComparisonProgress | null
  /** Grows when all traffic or the whole lab was replaced. */
  readonly generation: number
}

/** What the page knows of the session store. */
export type KnownSessions = Pick<LabModel, 'sessions' | 'hasAllSessions' | 'goneSessions'>

/** The lab's state holds this many of the newest session rows at most. */
export const SESSIONS_READ = 500

/** Whether the page knows that the store has no such row, rather than only not knowing one. */
export const isSessionGone = ({ sessions, hasAllSessions, goneSessions }: KnownSessions, id: string): boolean =>
  !sessions.has(id) && (hasAllSessions || goneSessions.has(id))

/** The lab before its state has arrived. */
export const EMPTY_LAB: LabModel = {
  seq: 0,
  version: '',
  mode: 'browser',
  balancer: { url: '', portalUrl: '' },
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
    lifetimes: { sessionIdle: 0, sessionAbsolute: 0, accessToken: 0, refreshIdle: 0, refreshAbsolute: 0, refreshGrace: 0 },
    isRolling: false,
  },
  keyring: {
    algorithm: 'HS256',
    keys: [],
    cookieSecrets: [],
    rotation: { everySeconds: null, nextAt: null },
    atRest: 'file-0600',
  },
  clock: { offsetMs: 0, isPaused: false, labTime: 0, realTime: 0 },
  recording: { isOn: true, capacity: 0, count: 0 },
  nodes: [],
  clients: [],
  accounts: [],
  sessions: new Map(),
  hasAllSessions: true,
  goneSessions: new Set(),
  actions: [],
  revocations: [],
  notices: [],
  lesson: null,
  attackerSite: { url: null, siblingUrl: null },
  weaknesses: [],
  comparison: null,
  isStale: false,
  generation: 0,
}

/** The model of a state just read. */
export const modelOf = ({ exchanges: _, sessions, ...state }: LabState, generation: number): LabModel => ({
  ...state,
  sessions: new Map(sessions.map((row) => [row.id, row])),
  hasAllSessions: sessions.length < SESSIONS_READ,
  goneSessions: new Set(),
  comparison: null,
  isStale: false,
  generation,
})

const putById = <T extends { id: string }>(list: readonly T[], item: T): T[] =>
  list.some(({ id }) => id === item.id) ? list.map((old) => (old.id === item.id ? item : old)) : [...list, item]

const putAccount = (list: readonly Account[], account: Account): Account[] =>
  list.some(({ name }) => name === account.name) ? list.map((old) => (old.name === account.name ? account : old)) : [...list, account]

const putSession = (sessions: ReadonlyMap<string, SessionRow>, row: SessionRow): Map<string, SessionRow> =>
  new Map(sessions).set(row.id, row)

function dropSession(sessions: ReadonlyMap<string, SessionRow>, id: string): ReadonlyMap<string, SessionRow> {
  if (!sessions.has(id)) return sessions
  const left = new Map(sessions)
  left.delete(id)
  return left
}

/** In its place when it is known, else as the newest; the oldest leaves when there are too many. */
const putRevocation = (list: readonly Revocation[], revocation: Revocation): Revocation[] =>
  list.some(({ id }) => id === revocation.id)
    ? list.map((old) => (old.id === revocation.id ? revocation : old))
    : [revocation, ...list].slice(0, MAX_REVOCATIONS)

const isNewAction = (actions: readonly OperatorAction[], action: OperatorAction): boolean => !actions.some(({ id }) => id === action.id)

const withoutClient = (clients: readonly Client[], id: string): Client[] => clients.filter((client) => client.id !== id)

function change(lab: LabModel, event: LabEvent): Partial<LabModel> {
  switch (event.type) {
    case 'exchange':
      return { recording: { ...lab.recording, count: Math.min(lab.recording.capacity, lab.recording.count + 1) } }
    case 'traffic-cleared':
      return { recording: { ...lab.recording, count: 0 }, actions: [] }
    case 'traffic-trimmed':
      return { actions: lab.actions.filter((action) => action.afterExchange >= event.oldestSeq - 1) }
    case 'action':
      return isNewAction(lab.actions, event.action) ? { actions: [...lab.actions, event.action] } : {}
    case 'recording':
      return { recording: event.recording }
    case 'client':
      return { clients: putById(lab.clients, event.client) }
    case 'client-removed':
      return { clients: withoutClient(lab.clients, event.id) }
    case 'node':
      return { nodes: putById(lab.nodes, event.node) }
    case 'node-removed':
      return { nodes: lab.nodes.filter(({ id }) => id !== event.id) }
    case 'cluster':
      return { cluster: event.cluster }
    case 'session':
      return { sessions: putSession(lab.sessions, event.session) }
    case 'session-removed':
      return {
        sessions: dropSession(lab.sessions, event.id),
        ...(lab.hasAllSessions ? {} : { goneSessions: new Set(lab.goneSessions).add(event.id) }),
      }
    case 'account':
      return { accounts: putAccount(lab.accounts, event.account) }
    case 'clock':
      return { clock: event.clock }
    case 'revocation':
      return { revocations: putRevocation(lab.revocations, event.revocation) }
    case 'lesson':
      return { lesson: event.run }
    case 'attacker-site':
      return { attackerSite: event.site }
    case 'weaknesses':
      return { weaknesses: event.weaknesses }
    case 'comparison':
      return { comparison: event.progress }
    case 'keyring':
      return { keyring: event.keyring }
    case 'resync':
      return { isStale: true }
    case 'exchange-started':
    case 'stale':
      return {}
  }
}

/**
 * The lab after one event. Pure. An event that is already contained changes nothing; one that comes too early marks the model
 * stale, since the events between are lost.
 */
export function reduce(lab: LabModel, event: LabEvent): LabModel {
  if (event.seq <= lab.seq || lab.isStale) return lab
  if (event.seq !== lab.seq + 1) return { ...lab, isStale: true }
  return { ...lab, ...change(lab, event), seq: event.seq }
}
