import type { SessionData } from 'express-session'
import type { SessionRow } from '../../contract/sessions.ts'
import { keyOfSid } from '../storage/sid-key.ts'
import { SESSION_SQL } from './sessions/session-table.ts'
import { SqliteSessionStore, type SqliteSessionStoreOptions } from './sessions/sqlite-session-store.ts'
import { currentTrace, report, startTimer } from './trace.ts'

const WRITE = { kind: 'session-write', file: 'traced-session-store.ts', symbol: 'TracedSessionStore.set' } as const
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

type Done = (error?: unknown) => void

const idOf = (sid: string): string => keyOfSid(sid).hash.toString('hex')

/** The row of a session as the exchange in hand has last seen it; null when it has not. */
const rowNow = (sid: string): SessionRow | null => {
  const trace = currentTrace()
  if (!trace) return null
  const id = idOf(sid)
  return trace.sessions.get(id) ?? (trace.row?.id === id ? trace.row : null)
}

/** The session store with every use of it shown as a step of the exchange in hand. */
export class TracedSessionStore extends SqliteSessionStore {
  constructor(options: Omit<SqliteSessionStoreOptions, 'onChange' | 'onLook' | 'onProblem'>) {
    super({
      ...options,
      onLook: ({ row }) => {
        const trace = currentTrace()
        if (trace) trace.row = row
      },
      onChange: ({ written, ended }) => {
        const trace = currentTrace()
        if (written) trace?.sessions.set(written.id, written)
        if (ended !== undefined) trace?.endedSessions.add(ended)
      },
    })
  }

  override set(sid: string, data: SessionData, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const before = rowNow(sid)
    super.set(sid, data, (error) => {
      const after = rowNow(sid)
      const sql = before ? SESSION_SQL.update : SESSION_SQL.insert
      report(WRITE, {
        outcome: error ? 'fail' : 'pass',
        startedAt,
        title: before ? 'Session row updated' : 'Session row inserted under the SHA-256 of its id',
        evidence: () => ({ sql, before, after: error ? before : after }),
      })
      done(error)
    })
  }

  override touch(sid: string, data: SessionData, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const before = rowNow(sid)
    super.touch(sid, data, (error) => {
      const after = rowNow(sid)
      report(TOUCH, {
        outcome: error ? 'fail' : 'pass',
        startedAt,
        title: 'The idle time-out starts again; written with other touches within a second',
        evidence: () => ({ sql: SESSION_SQL.touch, before, after, isDeferred: true }),
      })
      done(error)
    })
  }

  override destroy(sid: string, done: Done = () => undefined): void {
    const startedAt = startTimer()
    const before = rowNow(sid)
    super.destroy(sid, (error) => {
      const isGone = currentTrace()?.endedSessions.has(idOf(sid)) ?? false
      report(DESTROY, {
        outcome: error ? 'fail' : isGone ? 'pass' : 'info',
        startedAt,
        title: isGone ? 'Session row deleted: its cookie is worth nothing now' : 'There was no session row to delete',
        evidence: () => ({ sql: SESSION_SQL.destroy, before, after: error ? before : null }),
      })
      done(error)
    })
  }
}
