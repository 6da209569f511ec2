import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, Role } from '../accounts.ts'
import { MAX_OFFSET_MS } from '../clock.ts'
import { ClusterChange } from '../cluster.ts'
import { HeaderPairs } from '../exchanges.ts'
import { Mechanism } from '../mechanism.ts'
import { NodeChange } from '../nodes.ts'
import { TokenAlgorithm } from '../token-algorithm.ts'
import { WeaknessId } from '../weaknesses.ts'
import { Slug, Words } from './words.ts'

const MOST_CALLS = 20
const MOST_SECONDS = Math.floor(MAX_OFFSET_MS / 1000)

/** Schema of what a lesson may set for all nodes. Redis is no part of it: a lesson runs on every computer. */
export const LessonSettings = ClusterChange.omit({ redisUrl: true, redisRunning: true }).extend({
  store: z.enum(['memory', 'sqlite']).optional(),
})
/** What a lesson may set for all nodes. */
export type LessonSettings = z.infer<typeof LessonSettings>

const NodeId = z.string().regex(/^node-\d{1,3}$/, 'A node is called node-1, node-2 ...')
const RequestLine = z
  .string()
  .max(2000)
  .regex(/^[A-Z]+ \/[\x21-\x7E]*$/, 'It is written as on the wire, for example GET /me')

const named = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, label: Words })
const byClient = { client: Slug }
const byNode = { node: NodeId }

/** What is changed of the credential that a client would send; the credential that it holds stays as it is. */
const Tampering = z.discriminatedUnion('part', [
  /** One claim of the access token; the signature stays that of the token as it was issued. */
  z.strictObject({
    part: z.literal('claim'),
    name: z.string().min(1).max(60),
    value: z.union([z.string().max(200), z.number(), z.boolean(), z.array(z.string()).max(20)]),
  }),
  /** The signature of the access token: one character of it, or the whole of it away with `alg` set to `none`. */
  z.strictObject({ part: z.literal('signature'), how: z.enum(['flip', 'drop']) }),
  /** One character of the session id in the signed cookie. */
  z.strictObject({ part: z.literal('session-id') }),
])

/** An exchange of this lesson by its place in a step, counted from 1; of the step at hand when none is named. */
const ExchangePlace = z.strictObject({ step: Slug.optional(), nth: z.number().int().min(1).max(200) })

/**
 * Schema of one action of a step: each is an operation that the workbench has too, and no code. A participant may carry it out there instead;
 * the lesson notices.
 */
export const LessonAction = z.discriminatedUnion('do', [
  named({ do: z.literal('login'), ...byClient, password: z.string().max(200).optional() }),
  named({ do: z.literal('logout'), ...byClient }),
  named({ do: z.literal('refresh'), ...byClient }),
  named({
    do: z.literal('call'),
    ...byClient,
    request: RequestLine,
    times: z.number().int().min(1).max(MOST_CALLS).default(1),
    headers: HeaderPairs.optional(),
    body: z.string().max(10_000).optional(),
    credential: z.enum(['current', 'discarded', 'none']).default('current'),
  }),
  named({ do: z.literal('tamper'), ...byClient, request: RequestLine, change: Tampering }),
  /** The message of an exchange again, credential included, in the name of this client. */
  named({ do: z.literal('replay'), ...byClient, exchange: ExchangePlace, request: RequestLine.optional() }),
  /** A token that an answer of this lesson handed out, or that stands in it as text, sent by this client whoever it was meant for; the access token with a request. */
  named({
    do: z.literal('present'),
    ...byClient,
    token: z.enum(['access-token', 'refresh-token']),
    exchange: ExchangePlace,
    request: RequestLine.default('GET /me'),
  }),
  /**
   * What the browser of this client would send when a page of another site (`cross-site`) or of a name beside the portal's (`same-site`) makes it:
   * cookies by their `SameSite`, `Origin` and `Sec-Fetch-Site` as a browser sets them. A script's request that is not a simple one is preflighted.
   */
  named({
    do: z.literal('forge'),
    ...byClient,
    request: RequestLine,
    as: z.enum(['form', 'text-form', 'script', 'link']),
    from: z.enum(['cross-site', 'same-site']).default('cross-site'),
  }),
  /** The attacker's page on `evil.localhost` goes on, or off. */
  named({ do: z.literal('attacker-site'), on: z.boolean() }),
  /** A deliberate flaw of the target goes on, or off. */
  named({ do: z.literal('weakness'), weakness: WeaknessId, on: z.boolean() }),
  /**
   * What a script does in the portal's page of this client when the page shows this answer: a transfer to `mallory`, whose memo is the token that
   * the page keeps, if it keeps one. Nothing when the answer carries no script unescaped, or the page's policy lets none run.
   */
  named({ do: z.literal('injected-script'), ...byClient, exchange: ExchangePlace }),
  named({ do: z.literal('change-mechanism'), ...byClient, mechanism: Mechanism }),
  named({ do: z.literal('kill-node'), ...byNode }),
  named({ do: z.literal('start-node'), ...byNode }),
  named({ do: z.literal('drain-node'), ...byNode }),
  named({ do: z.literal('add-node') }),
  named({ do: z.literal('change-node'), ...byNode, change: NodeChange }),
  named({ do: z.literal('change-cluster'), change: LessonSettings }),
  named({ do: z.literal('move-clock'), seconds: z.number().int().min(-MOST_SECONDS).max(MOST_SECONDS) }),
  named({ do: z.literal('rotate-key'), algorithm: TokenAlgorithm.optional(), emergency: z.boolean().optional() }),
  named({ do: z.literal('rotate-cookie-secret'), emergency: z.boolean().optional() }),
  named({
    do: z.literal('change-account'),
    account: z.string().min(1).max(40),
    role: Role.optional(),
    disabled: z.boolean().optional(),
    scopes: z.array(z.string().max(60)).max(20).optional(),
    /** A new one, by the operator. */
    password: z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH).optional(),
  }),
  /** By the operator: the account is logged out everywhere. */
  named({ do: z.literal('end-sessions'), account: z.string().min(1).max(40) }),
  /** By the operator: the row behind this client's cookie goes, or its idle time-out passes. */
  named({ do: z.literal('end-session'), ...byClient }),
  named({ do: z.literal('expire-session'), ...byClient }),
  /** By the operator, by the way of revocation in force: the access token of this client, or its refresh tokens and every access token of theirs. */
  named({ do: z.literal('revoke-token'), ...byClient }),
  named({ do: z.literal('revoke-device'), ...byClient }),
])
/** One action of a step. */
export type LessonAction = z.infer<typeof LessonAction>
/** The actions of one kind. */
export type LessonActionOf<Kind extends LessonAction['do']> = Extract<LessonAction, { do: Kind }>
