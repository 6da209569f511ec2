import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Exchange, ExchangeSummary } from './exchanges.ts'
import { Lifetimes } from './lifetimes.ts'
import { TokenAlgorithm } from './token-algorithm.ts'
import { Verdict } from './verdict.ts'

/** What is compared: the three mechanisms, and a bearer token whose `jti` is looked up in a denylist. */
export const COMPARED = ['session', 'jwt-bearer', 'jwt-cookie', 'jwt-denylist'] as const
/** Schema of one of {@link COMPARED}. */
export const Compared = z.enum(COMPARED)
/** One of {@link COMPARED}. */
export type Compared = z.infer<typeof Compared>

/** The questions, in the order they are shown. */
export const COMPARED_ROWS = ['storage', 'scaling', 'revocation', 'exposure', 'fits'] as const
/** One of {@link COMPARED_ROWS}. */
export type ComparedRow = (typeof COMPARED_ROWS)[number]

/** How many of the newest runs are kept. */
export const KEPT_RUNS = 10
/** The longest latency of the session store that a run takes over from the lab, milliseconds: a greater one would take minutes. */
export const MAX_COMPARED_LATENCY_MS = 20

const count = z.number().int().nonnegative()
/** Ids of the exchanges that a figure was read from, in order; they are kept with the run. */
const Exchanges = z.array(z.string())

/** Schema of what one login leaves at each end. */
export const StorageCell = z.object({
  /** Octets of the credential that goes along with every request: name and value of a cookie, or the access token. */
  credentialBytes: count,
  /** Octets of the refresh token, with the name of its cookie when it is in one; 0 when there is none. */
  refreshBytes: count,
  /** What the login added to the server's database: octets of the columns, without what SQLite adds. */
  tables: z.array(z.object({ table: z.string(), rows: count, bytes: count })),
  exchanges: Exchanges,
})
const Series = z.object({
  refused: count,
  /** Of the refused ones; null when none was. */ verdict: Verdict.nullable(),
  exchanges: Exchanges,
})

/** Schema of what becomes of calls over all nodes by turns. */
export const ScalingCell = z.object({
  calls: count,
  nodes: count,
  /** A store that all nodes share, or keys that all nodes have. */
  sound: Series,
  /** A store in the memory of each node, or one node that missed a rotation. */
  broken: Series,
})
/** Schema of what becomes of a copy of the credential after logout. */
export const RevocationCell = z.object({
  /** The copy was sent so often after the logout, once to each node by turns. */
  replays: count,
  accepted: count,
  /** Real milliseconds from sending the logout to the first refusal's arrival; null when none of the replays was refused. */
  firstRefusedMs: z.number().nullable(),
  /** Lab milliseconds that the copy went on being accepted after the logout, proven just before and at its `exp`; 0 when it was refused at once. */
  acceptedForMs: z.number(),
  /** Of the first refusal. */
  verdict: Verdict.nullable(),
  exchanges: Exchanges,
})
/** Schema of what a leaked secret is worth. */
export const ExposureCell = z.object({
  secret: z.enum(['cookie-secret', 'signing-key']),
  /** Credentials forged with it and sent. */
  tries: count,
  letIn: count,
  /** Which try was let in first, from 1; null when none was. */
  firstLetIn: count.nullable(),
  /** Of the forged ones that were refused; null when none was. */
  verdict: Verdict.nullable(),
  /** After the secret was replaced at once: what became of a forged credential, and of a genuine one from before. */
  afterRotation: z.object({ forged: Verdict, genuine: Verdict }),
  exchanges: Exchanges,
})
/** Schema of what each call costs. */
export const FitsCell = z.object({
  calls: count,
  p50Ms: z.number(),
  p95Ms: z.number(),
  /** Uses of the session store and look-ups of revoked tokens, a call. */
  storeReads: z.number(),
  storeWrites: z.number(),
  /** Octets of the header that carries the credential, name and value. */
  credentialBytes: count,
  /** Octets on the wire, mean of a call: head and body, both ways. */
  wireBytes: z.number(),
  exchanges: Exchanges,
})
/** Schema of what was measured of one mechanism. */
export const ComparedCells = z.object({
  storage: StorageCell,
  scaling: ScalingCell,
  revocation: RevocationCell,
  exposure: ExposureCell,
  fits: FitsCell,
})
/** What was measured of one mechanism. */
export type ComparedCells = z.infer<typeof ComparedCells>

/** Schema of what a run was made under. */
export const ComparisonSettings = z.object({
  /** Taken from the operator's lab. */
  algorithm: TokenAlgorithm,
  lifetimes: Lifetimes,
  extraClaims: count,
  storeLatencyMs: count,
})
/** What a run was made under; the rest is the same for each: three nodes by turns, one SQLite file unless a row says otherwise, no leeway. */
export type ComparisonSettings = z.infer<typeof ComparisonSettings>

/** Schema of a run without its figures. */
export const ComparisonSummary = z.object({
  id: z.string(),
  /** Real time, Unix milliseconds. */
  startedAt: z.number(),
  durationMs: z.number(),
  /** Of the lab. */
  version: z.string(),
  /** What it ran on. */
  machine: z.object({ cpu: z.string(), cores: count, system: z.string(), node: z.string() }),
  settings: ComparisonSettings,
  mechanisms: z.array(Compared),
  /** How many were sent. */
  exchanges: count,
})
/** A run without its figures. */
export type ComparisonSummary = z.infer<typeof ComparisonSummary>

/** Schema of a run. */
export const ComparisonRun = ComparisonSummary.extend({ cells: z.partialRecord(Compared, ComparedCells) })
/** A run of the comparison with all that it measured. */
export type ComparisonRun = z.infer<typeof ComparisonRun>

/** Schema of how far a run is. */
export const ComparisonProgress = z.object({
  done: count,
  total: count,
  /** What is being measured; null while the lab for it starts or ends. */
  row: z.enum(COMPARED_ROWS).nullable(),
})
/** How far a run is. */
export type ComparisonProgress = z.infer<typeof ComparisonProgress>

const RunId = z.string().regex(/^[\w-]{1,60}$/, 'is the id of a run')

/** Operations on the comparison of the mechanisms. */
export const comparison = {
  run: oc
    .route({ method: 'POST', path: '/comparison/run', summary: 'Measure on a lab of its own; answers when done, progress comes as events' })
    .input(
      z
        .strictObject({
          mechanisms: z.array(Compared).min(1).max(COMPARED.length).optional(),
          /** A run whose settings and mechanisms are taken; those of the operator's lab when absent. */
          like: RunId.optional(),
        })
        .optional(),
    )
    .output(ComparisonRun),
  last: oc.route({ method: 'GET', path: '/comparison', summary: 'The newest run, or null' }).output(ComparisonRun.nullable()),
  list: oc
    .route({ method: 'GET', path: '/comparison/runs', summary: 'The runs that are kept, newest first' })
    .output(z.array(ComparisonSummary)),
  get: oc
    .route({ method: 'GET', path: '/comparison/runs/{id}', summary: 'One run' })
    .input(z.strictObject({ id: RunId }))
    .output(ComparisonRun),
  exchanges: oc
    .route({ method: 'GET', path: '/comparison/runs/{id}/exchanges', summary: 'The exchanges of a run without heads, bodies and steps' })
    .input(z.strictObject({ id: RunId }))
    .output(z.array(ExchangeSummary)),
  exchange: oc
    .route({ method: 'GET', path: '/comparison/runs/{id}/exchanges/{exchange}', summary: 'One exchange that a run measured, whole' })
    .input(z.strictObject({ id: RunId, exchange: z.string().max(60) }))
    .output(Exchange),
}
