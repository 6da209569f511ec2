import { createHash, createHmac } from 'node:crypto'
import { type AuditEntry, MAX_AUDIT } from '../../contract/audit.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { Clock } from '../clock.ts'
import type { AuditNote, RevocationNote } from '../credential-notes.ts'
import type { KeptChanges } from '../traffic/kept-records.ts'
import type { SeenExchange } from '../traffic/recorded-exchange.ts'
import type { CredentialTrace } from './credential-watch.ts'

type SubjectKind = NonNullable<AuditEntry['subject']>['kind']

/** What the operator does to accounts and credentials, and what its id in the parameters names. */
const WRITTEN: Readonly<Partial<Record<OperatorAction['action'], SubjectKind>>> = {
  'account-changed': 'name',
  'account-logged-out': 'name',
  'session-ended': 'session',
  'session-expired': 'session',
  'token-revoked': 'token',
  'family-revoked': 'device',
  'token-forged': 'token',
  'key-rotated': 'name',
  'cookie-secret-rotated': 'name',
}

/** Which entries to list. */
export interface AuditFilter {
  readonly q?: string | undefined
  readonly kind?: AuditEntry['kind'] | undefined
  readonly account?: string | undefined
  readonly limit: number
}

/** Digits of a hash: long enough to find the same thing again. */
const SHOWN_DIGITS = 32

/** Ids of sessions and families are hashes already. */
const isHash = (kind: SubjectKind, id: string): boolean => (kind === 'session' || kind === 'device') && /^[0-9a-f]{32,64}$/.test(id)

function namedBy({ scope, jti, sid, sessionId }: RevocationNote): { kind: SubjectKind; id: string | null } | null {
  if (scope === 'token') return { kind: 'token', id: jti }
  if (scope === 'device') return { kind: 'device', id: sid }
  return scope === 'session' ? { kind: 'session', id: sessionId } : null
}

/** Words that an entry is found by. */
const haystackOf = ({ account, kind, action, verdict, node, subject, mechanism, params }: AuditEntry): string =>
  [account, kind, action, verdict, node, subject?.hash, mechanism, ...Object.values(params)].filter(Boolean).join(' ').toLowerCase()

/** Logins, failures, revocations and changes of accounts, in the order in which the lab learned of them. */
export class AuditLog {
  readonly #clock: Clock
  readonly #secret: string
  readonly #onEntry: () => void
  #entries: AuditEntry[] = []
  #lastOrdinal = 0
  #put: AuditEntry[] = []
  #removed: number[] = []

  /**
   * @param secret of the lab: what was typed as a name is hashed with it
   * @param onEntry something has been written, and is to be kept
   */
  constructor(clock: Clock, secret: string, onEntry: () => void) {
    this.#clock = clock
    this.#secret = secret
    this.#onEntry = onEntry
  }

  /** Takes over what an earlier run has kept; only before anything else. */
  restore(entries: readonly AuditEntry[]): void {
    this.#entries = [...entries]
    this.#lastOrdinal = Number(this.#entries.at(-1)?.id ?? 0)
  }

  /** Writes down what the target tells of one exchange. */
  observe(trace: CredentialTrace, seen: SeenExchange | null): void {
    for (const note of trace.audits) this.#client(trace, seen, this.#noted(note))
    for (const note of trace.revocations) {
      this.#client(trace, seen, {
        kind: 'revocation',
        account: note.account,
        subject: this.#subject(namedBy(note)),
        params: { scope: note.scope },
      })
    }
  }

  /** Writes down what the operator did, if it concerns accounts or credentials. */
  operator(action: OperatorAction['action'], params: OperatorAction['params']): void {
    const named = WRITTEN[action]
    if (named === undefined) return
    const { id, account = null, ...rest } = params
    this.#add({
      at: this.#clock.nowMs(),
      kind: 'operator',
      action,
      account: typeof account === 'string' ? account : null,
      verdict: null,
      mechanism: null,
      node: null,
      subject: typeof id === 'string' ? this.#subject({ kind: named, id }) : null,
      exchange: null,
      params: rest,
    })
  }

  /** Newest first. */
  list({ q, kind, account, limit }: AuditFilter): AuditEntry[] {
    const words = q?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
    const isWanted = (entry: AuditEntry): boolean => {
      if (kind !== undefined && entry.kind !== kind) return false
      if (account !== undefined && entry.account !== account) return false
      const haystack = words.length === 0 ? '' : haystackOf(entry)
      return words.every((word) => haystack.includes(word))
    }
    const found: AuditEntry[] = []
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.#entries[index]
      if (entry && isWanted(entry)) found.push(entry)
    }
    return found
  }

  /** What was written and what has left since the last call. */
  takeChanges(): KeptChanges {
    const changes: KeptChanges = { put: this.#put.map((entry) => [Number(entry.id), JSON.stringify(entry)]), removed: this.#removed }
    this.#put = []
    this.#removed = []
    return changes
  }

  clear(): void {
    this.#entries = []
    this.#put = []
    this.#removed = []
  }

  /** What is called a name or a client may be a password in the wrong field: without a secret its hash could be guessed from a list of them. */
  #subject(named: { kind: SubjectKind; id: string | null } | null): AuditEntry['subject'] {
    if (named === null || named.id === null) return null
    const { kind, id } = named
    if (isHash(kind, id)) return { kind, hash: id.slice(0, SHOWN_DIGITS) }
    const hash = kind === 'name' || kind === 'client' ? createHmac('sha256', this.#secret) : createHash('sha256')
    return { kind, hash: hash.update(id).digest('hex').slice(0, SHOWN_DIGITS) }
  }

  #noted({ kind, account, name, client }: AuditNote): Pick<AuditEntry, 'kind' | 'account' | 'subject' | 'params'> {
    return { kind, account, subject: this.#subject({ kind: client ? 'client' : 'name', id: name }), params: { ...client } }
  }

  #client(
    { exchangeId, verdict, mechanism }: CredentialTrace,
    seen: SeenExchange | null,
    entry: Pick<AuditEntry, 'kind' | 'account' | 'subject' | 'params'>,
  ): void {
    const at = seen?.labTime ?? this.#clock.nowMs()
    const exchange = seen?.isKept ? exchangeId : null
    this.#add({ ...entry, at, action: null, verdict, mechanism, node: seen?.node ?? null, exchange })
  }

  #add(entry: Omit<AuditEntry, 'id' | 'realAt'>): void {
    this.#lastOrdinal += 1
    const written: AuditEntry = { id: String(this.#lastOrdinal), realAt: Date.now(), ...entry }
    this.#entries.push(written)
    this.#put.push(written)
    if (this.#entries.length > MAX_AUDIT) {
      const left = this.#entries.shift()
      if (left) this.#removed.push(Number(left.id))
    }
    this.#onEntry()
  }
}
