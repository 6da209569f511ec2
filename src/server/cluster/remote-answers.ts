import { z } from 'zod'
import { ExchangeMechanism } from '../../contract/mechanism.ts'
import { SessionRow } from '../../contract/sessions.ts'
import { Step } from '../../contract/step.ts'
import { Verdict } from '../../contract/verdict.ts'
import { isNestedDeeper } from '../../protocol/json-depth.ts'
import { AuditNote, IssuedTokenNote, PresentedToken, RevocationNote } from '../credential-notes.ts'

/** Request header by which a lab proves itself to a target that runs as a process of its own; never sent with what the balancer relays. */
export const LAB_SECRET = 'x-authlab-lab'
/** What such a target answers under this path, it answers to its lab alone: to everybody else the path does not exist. */
export const LAB_PATHS = { traces: '/.authlab/traces/', stats: '/.authlab/stats' } as const

/** The steps of one exchange at most: their number, their JSON in characters, and how deep evidence may be nested. */
const MAX_STEPS = 200
const MAX_STEPS_LENGTH = 256 * 1024
const MAX_EVIDENCE_DEPTH = 40
/** Sessions of one exchange that are told of at most: each is looked up in the store. */
const MAX_SESSIONS = 1000

/** Tokens that one exchange issues or revokes at most. */
const MAX_NOTES = 20

const Steps = z
  .array(Step)
  .max(MAX_STEPS)
  .refine((steps) => steps.every(({ evidence }) => !isNestedDeeper(evidence, MAX_EVIDENCE_DEPTH)), 'is nested too deep')

/** Written anew from what was read: the recorder keeps the text as it is, and the next reader must find nothing in it that was not checked here. */
const StepsJson = z
  .string()
  .max(MAX_STEPS_LENGTH)
  .transform((text, context) => {
    try {
      return JSON.stringify(Steps.parse(JSON.parse(text)))
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON array of steps' })
      return z.NEVER
    }
  })

/** What a target did for one exchange, as it comes from another process. */
export const RemoteTrace = z.object({
  exchangeId: z.string(),
  verdict: Verdict,
  mechanism: ExchangeMechanism,
  account: z.string().nullable(),
  stepsJson: StepsJson,
  sessions: z.array(SessionRow).transform((rows) => rows.slice(0, MAX_SESSIONS)),
  endedSessions: z.array(z.string()).transform((ids) => ids.slice(0, MAX_SESSIONS)),
  token: PresentedToken.nullable(),
  issued: z.array(IssuedTokenNote).max(MAX_NOTES),
  sessionId: z.string().max(64).nullable(),
  revocations: z.array(RevocationNote).max(MAX_NOTES),
  audits: z.array(AuditNote).max(MAX_NOTES),
})

const Count = z.number().int().nonnegative()

/** What such a target tells of itself. */
export const RemoteStats = z.object({
  sessions: Count.nullable(),
  storeReads: Count,
  storeWrites: Count,
  tokensVerified: Count,
  revocationReads: Count,
  /** Empty when it signs none. */
  signingKeyId: z.string().max(200),
  verifyingKeyIds: z.array(z.string().max(200)).max(100),
  /** Of a set that is fetched; null when it fetches none. */
  keysAgeSeconds: Count.nullable().default(null),
})
/** What such a target tells of itself. */
export type RemoteStats = z.infer<typeof RemoteStats>
