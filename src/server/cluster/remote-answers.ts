import { z } from 'zod'
import { ExchangeMechanism } from '../../contract/mechanism.ts'
import { SessionRow } from '../../contract/sessions.ts'
import { Step } from '../../contract/step.ts'
import { Verdict } from '../../contract/verdict.ts'

/** Request header by which a lab proves itself to a target that runs as a process of its own; never sent with what the balancer relays. */
export const LAB_SECRET = 'x-authlab-lab'
/** What such a target answers under this path, it answers to its lab alone: to everybody else the path does not exist. */
export const LAB_PATHS = { traces: '/.authlab/traces/', stats: '/.authlab/stats' } as const

const isStepsJson = (text: string): boolean => {
  try {
    return z.array(Step).safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** What a target did for one exchange, as it comes from another process. */
export const RemoteTrace = z.object({
  exchangeId: z.string(),
  verdict: Verdict,
  mechanism: ExchangeMechanism,
  account: z.string().nullable(),
  stepsJson: z.string().refine(isStepsJson, 'is a JSON array of steps'),
  sessions: z.array(SessionRow),
  endedSessions: z.array(z.string()),
})

const Count = z.number().int().nonnegative()

/** What such a target tells of itself. */
export const RemoteStats = z.object({
  sessions: Count.nullable(),
  storeReads: Count,
  storeWrites: Count,
  tokensVerified: Count,
  /** Empty when it signs none. */
  signingKeyId: z.string().max(200),
  verifyingKeyIds: z.array(z.string().max(200)).max(100),
})
/** What such a target tells of itself. */
export type RemoteStats = z.infer<typeof RemoteStats>
