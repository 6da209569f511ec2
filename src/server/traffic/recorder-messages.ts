import type { Exchange, ExchangeQuery, ExchangeSummary } from '../../contract/exchanges.ts'
import type { OperatorAction } from '../../contract/lab.ts'
import type { MessageValues, SummaryValues } from './exchange-row.ts'
import type { KeptChanges, RecordKind } from './kept-records.ts'

/** What the recorder's worker is started with. */
export interface RecorderWorkerData {
  databaseFile: string
  capacity: number
}

/** Exchanges that completed within one batch; `bodies` holds request and response body of each, one after the other. */
export interface Batch {
  summaries: SummaryValues[]
  messages: MessageValues[]
  bodies: Uint8Array
}

/** What is in the database now. */
export interface Contents {
  lastSeq: number
  count: number
  actions: OperatorAction[]
}

/** What the worker answers with: exchanges, JSON of what was kept, or what is there. */
export type Row = Exchange | ExchangeSummary | string | Contents

/** A question to the worker. */
export type Question =
  | { kind: 'summaries'; query: ExchangeQuery }
  | { kind: 'list'; query: ExchangeQuery }
  | { kind: 'get'; id: string }
  | { kind: 'clear'; lastSeq: number }
  | { kind: 'kept'; record: RecordKind }
  | { kind: 'forget-kept' }
  | { kind: 'replace'; from: string }
  | { kind: 'close' }

/** Messages to the worker, carried out in order. */
export type ToWorker =
  | { kind: 'insert'; batch: Batch }
  | { kind: 'action'; action: OperatorAction }
  | { kind: 'capacity'; capacity: number }
  | { kind: 'keep'; record: RecordKind; changes: KeptChanges }
  | { kind: 'ask'; askId: number; question: Question }

/** Messages from the worker. */
export type FromWorker =
  | ({ kind: 'ready' } & Contents)
  | { kind: 'stored'; rows: number; count: number }
  | { kind: 'trimmed'; oldestSeq: number; count: number }
  | { kind: 'problem'; message: string }
  | { kind: 'rows'; askId: number; rows: Row[]; isLast: boolean }
  | { kind: 'failed'; askId: number; message: string }
