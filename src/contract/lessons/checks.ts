import { z } from 'zod'
import { RevokedReason } from '../refresh-families.ts'
import { StepKind } from '../step.ts'
import { Verdict } from '../verdict.ts'
import { Slug, Words } from './words.ts'

const MOST_EXCHANGES = 200

/** The place of an exchange among those of its step, counted from 1. */
const nth = z.number().int().min(1).max(MOST_EXCHANGES)
const Count = z.number().int().min(0).max(100_000)
const Range = { atLeast: Count.optional(), atMost: Count.optional() }
const Scalar = z.union([z.string().max(500), z.number(), z.boolean(), z.null()])

const named = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, label: Words })

/** Where a step of the server is sought: `step` names one of the lesson, the one at hand when absent. */
const of = { nth, step: Slug.optional() }

/** Schema of one assertion on real results. A checkpoint holds when all of its assertions do. */
export const LessonCheck = z.discriminatedUnion('check', [
  named({ check: z.literal('verdict'), ...of, is: Verdict }),
  /** Of all exchanges of the step, in order. */
  named({ check: z.literal('verdicts'), are: z.array(Verdict).min(1).max(MOST_EXCHANGES) }),
  named({ check: z.literal('status'), ...of, is: z.number().int().min(100).max(599) }),
  /** The server did this and it came out so; with `evidence`, one of its fields says exactly this. */
  named({
    check: z.literal('step'),
    ...of,
    kind: StepKind,
    outcome: z.enum(['pass', 'fail', 'info']).optional(),
    evidence: z.record(z.string().max(60), Scalar).optional(),
  }),
  /** The server did nothing of the kind. */
  named({ check: z.literal('no-step'), ...of, kind: StepKind }),
  named({ check: z.literal('node'), ...of, is: z.string().max(20) }),
  /** Answered by one node, or by as many as this. */
  named({ check: z.literal('nodes'), are: z.array(z.string().max(20)).min(1).max(MOST_EXCHANGES) }),
  /** How often the steps of an exchange asked for a session. */
  named({ check: z.literal('session-reads'), ...of, ...Range }),
  /** A claim of the access token that the request carried or the answer gave. */
  named({ check: z.literal('claim'), ...of, in: z.enum(['request', 'response']), name: z.string().min(1).max(60), is: Scalar.optional() }),
  /** The answer sets this cookie, with these attributes. */
  named({
    check: z.literal('set-cookie'),
    ...of,
    name: z.string().min(1).max(100),
    attributes: z.array(z.string().max(60)).max(10).default([]),
  }),
  named({
    check: z.literal('header'),
    ...of,
    in: z.enum(['request', 'response']),
    name: z.string().min(1).max(100),
    contains: z.string().max(300).optional(),
    isPresent: z.boolean().default(true),
  }),
  /** The text of the message, as far as it was kept. */
  named({
    check: z.literal('body'),
    ...of,
    in: z.enum(['request', 'response']),
    contains: z.string().min(1).max(300),
    isPresent: z.boolean().default(true),
  }),
  /** Two exchanges of the step carried the very same credential. */
  named({ check: z.literal('same-credential'), of: z.tuple([nth, nth]) }),
  named({ check: z.literal('duration'), ...of, atLeastMs: Count }),
  /** The store has the row behind the `sid` cookie that this client holds, or held. */
  named({ check: z.literal('session-row'), client: Slug, isPresent: z.boolean() }),
  named({ check: z.literal('session-count'), account: z.string().max(40).optional(), ...Range }),
  named({
    check: z.literal('holds'),
    client: Slug,
    what: z.enum(['session-cookie', 'access-token', 'refresh-token']),
    isHeld: z.boolean(),
  }),
  /** How many requests were still accepted with what was revoked last: the stopwatch of `GET /revocations`. */
  named({ check: z.literal('accepted-after-revocation'), ...Range }),
  /** Of what was revoked last: requests refused since, rows kept because of it, other tokens that ended along with it. */
  named({ check: z.literal('revocation'), what: z.enum(['refused', 'rows-kept', 'collateral']), ...Range }),
  /** So many families of refresh tokens of this account are in this state, revoked for this reason. */
  named({
    check: z.literal('refresh-families'),
    account: z.string().max(40),
    state: z.enum(['active', 'expired', 'revoked']).optional(),
    reason: RevokedReason.optional(),
    ...Range,
  }),
  /** So many keys of tokens are in this state. */
  named({ check: z.literal('keys'), state: z.enum(['signing', 'verifying', 'retired']), ...Range }),
  named({ check: z.literal('node-state'), node: z.string().max(20), is: z.enum(['up', 'draining', 'down']) }),
  /** A member of `GET /cluster`. */
  named({ check: z.literal('cluster'), name: z.string().min(1).max(60), is: Scalar }),
])
/** One assertion on real results. */
export type LessonCheck = z.infer<typeof LessonCheck>
/** The assertions of one kind. */
export type LessonCheckOf<Kind extends LessonCheck['check']> = Extract<LessonCheck, { check: Kind }>
