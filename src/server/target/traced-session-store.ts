import session, { type SessionData } from 'express-session'
import type { SessionRow } from '../../contract/sessions.ts'
import { placeOfSid } from '../storage/sid-key.ts'
import type { SessionStorage, StorageWatch } from './session-storage.ts'
import { currentTrace, report, startTimer } from './trace.ts'

const WRITE = { kind: 'session-write', file: 'traced-session-store.ts', symbol: 'TracedSessionStore.set' } as const
const REFUSED = {
  kind: 'session-save-refused',
  clause: 'OWASP ASVS 5 V7.4.1',
  file: 'traced-session-store.ts',
  symbol: 'TracedSessionStore.set',
} as const
const OVERWRITE = { kind: 'session-overwrite', file: 'traced-session-store.ts', symbol: 'traceWatch.onChange' } as const
const TOUCH = {
  kind: 'session-touch',
  clause: 'OWASP ASVS 5 V7.3.1',
  file: 'traced-session-store.ts',
  symbol: 'TracedSessionStore.touch',
} as const
const DESTROY = {
  kind: 'session-destroy',
  clause: 'OWASP ASVS 5 V7.4.1',
  file: 'traced-session-store.ts',
  symbol: 'TracedSessionStore.destroy',
} as const

const TOUCHED = 'The idle time-out starts again'

type Done = (error?: unknown) => void

const idOf = (sid: string): string => placeOfSid(sid).id

/** The row of a session as the exchange in hand has last seen it; null when it has not. */
const rowNow = (id: string): SessionRow | null => {
  const trace = currentTrace()
  if (!trace) return null
  return trace.sessions.get(id) ?? (trace.row?.id === id ? trace.row : null)
}

/** Keeps what a store tells with the exchange in hand. */
export const traceWatch: StorageWatch = {
  onLook: ({ row }) => {
    const trace = currentTrace()
    if (trace) trace.row = row
  },
  onChange: ({ written, ended, overwrote }) => {
    const trace = currentTrace()
    if (written) trace?.sessions.set(written.id, written)
    if (ended !== undefined) trace?.endedSessions.add(ended)
    if (overwrote) {
      const title = 'An update that another request saved in between was overwritten'
      report(OVERWRITE, { outcome: 'info', startedAt: startTimer(), title, evidence: () => overwrote })
    }
  },
  onProblem: ({ code, id }) => {
    if (code === 'save-refused') currentTrace()?.refusedSaves.add(id)
  },
}

/** A session store with every use of it shown as a step of the exchange in hand. */
export class TracedSessionStore extends session.Store {
  readonly #store: session.Store
  readonly #statements: SessionStorage['statements']
  readonly #isTouchDeferred: boolean

  constructor({ store, statements, isTouchDeferred = false }: Pick<SessionStorage, 'store' | 'statements' | 'isTouchDeferred'>) {
    super()
    this.#store = store
    this.#statements = statements
    this.#isTouchDeferred = isTouchDeferred
    // express-session listens to the store it is given.
    for (const event of ['connect', 'disconnect']) store.on(event, () => this.emit(event))
  }

  override get(sid: string, done: (error: unknown, data?: SessionData | null) => void): void {
    this.#store.get(sid, done)
  }

  override createSession(request: Parameters<session.Store['createSession']>[0], data: SessionData): session.Session & SessionData {
    return this.#store.createSession(request, data)
  }

  override set(sid: string, data: SessionData, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const id = idOf(sid)
    const before = rowNow(id)
    this.#store.set(sid, data, (error) => {
      const after = rowNow(id)
      if (currentTrace()?.refusedSaves.delete(id)) {
        report(REFUSED, {
          outcome: 'info',
          startedAt,
          title: 'The session had ended meanwhile: it was not saved',
          evidence: () => ({ id }),
        })
        done(error)
        return
      }
      report(WRITE, {
        outcome: error ? 'fail' : 'pass',
        startedAt,
        title: before ? 'Session row updated' : 'Session row inserted under the SHA-256 of its id',
        evidence: () => ({ sql: this.#statements?.[before ? 'update' : 'insert'], before, after: error ? before : after }),
      })
      done(error)
    })
  }

  override touch(sid: string, data: SessionData, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const id = idOf(sid)
    const before = rowNow(id)
    if (!this.#store.touch) {
      done()
      return
    }
    this.#store.touch(sid, data, (error?: unknown) => {
      const after = rowNow(id)
      report(TOUCH, {
        outcome: error ? 'fail' : 'pass',
        startedAt,
        title: this.#isTouchDeferred ? `${TOUCHED}; written with other touches within a second` : TOUCHED,
        evidence: () => ({ sql: this.#statements?.touch, before, after, isDeferred: this.#isTouchDeferred }),
      })
      done(error)
    })
  }

  override destroy(sid: string, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const id = idOf(sid)
    const before = rowNow(id)
    this.#store.destroy(sid, (error) => {
      const isGone = currentTrace()?.endedSessions.has(id) ?? false
      report(DESTROY, {
        outcome: error ? 'fail' : isGone ? 'pass' : 'info',
        startedAt,
        title: isGone ? 'Session row deleted: its cookie is worth nothing now' : 'There was no session row to delete',
        evidence: () => ({ sql: this.#statements?.destroy, before, after: error ? before : null }),
      })
      done(error)
    })
  }
}
