import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Questions that are asked of the target as it is set up now. */
export const SETTING_CODES = [
  'output-encoding',
  'token-out-of-scripts',
  'signing-key-length',
  'signing-key-shared',
  'key-rotation',
  'keys-at-rest',
  'access-token-life',
  'leeway',
  'logout-ends-tokens',
  'authority-is-current',
  'refresh-grace',
  'refresh-idle',
  'refresh-absolute',
  'session-idle',
  'session-absolute',
  'node-clocks',
  'node-keys',
  'node-cookie-secrets',
] as const

/** Questions that are asked of recorded traffic, besides those about each cookie (`cookie-...`) and each token (`token-...`). */
export const TRAFFIC_CODES = [
  'token-in-url',
  'session-in-url',
  'password-in-url',
  'plain-http',
  'mixed-mechanisms',
  'cacheable-credential',
  'id-kept-at-login',
  'works-after-logout',
  'no-challenge',
  'basic-credentials',
  'form-without-csrf-protection',
] as const

/** Schema of the answer to one question. */
export const AssessmentItem = z.object({
  /** The key of its words; `cookie-` and `token-` with the code of a finding about a cookie or a token. */
  code: z.string(),
  /** The cookie, the token or the node it is about, never a usable secret; null when it is about the whole. */
  subject: z.string().nullable(),
  /** The clause that asks for it; null where no standard does and it is still worth knowing. */
  clause: z.string().nullable(),
  result: z.enum(['pass', 'fail', 'not-applicable']),
  /** 1 worth knowing, 2 a weakness, 3 a way in. */
  severity: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  evidence: z.record(z.string(), z.unknown()),
  /** Requests of the archive that show it, the first 20, counted from 0; empty for a setting. */
  entries: z.array(z.object({ index: z.number().int(), method: z.string(), url: z.string() })),
})
/** The answer to one question. */
export type AssessmentItem = z.infer<typeof AssessmentItem>

/** Schema of an assessment of the target's settings. */
export const SettingsAssessment = z.object({
  /** Lab time, Unix milliseconds. */
  labTime: z.number(),
  items: z.array(AssessmentItem),
})
/** An assessment of the target's settings. */
export type SettingsAssessment = z.infer<typeof SettingsAssessment>

const Pair = z.object({ name: z.string(), value: z.string() })
const Body = z.object({ mimeType: z.string().optional(), text: z.string().optional(), encoding: z.string().optional() })

/** The most entries of an archive that are looked at. */
export const MAX_HAR_ENTRIES = 20_000

/** Schema of what is read of an HTTP Archive 1.2; everything else in it is left alone. */
export const HarInput = z.object({
  log: z.object({
    version: z.string().regex(/^1\.\d+$/, 'is not 1.x: export the archive as HAR 1.2'),
    creator: z.object({ name: z.string() }).optional(),
    entries: z
      .array(
        z.object({
          startedDateTime: z.string(),
          request: z.object({ method: z.string(), url: z.url(), headers: z.array(Pair), postData: Body.optional() }),
          response: z.object({ status: z.number(), headers: z.array(Pair), content: Body.optional() }),
        }),
      )
      .max(MAX_HAR_ENTRIES, `has more than ${MAX_HAR_ENTRIES} entries: export fewer requests`),
  }),
})
/** What is read of an HTTP Archive 1.2. */
export type HarInput = z.infer<typeof HarInput>

/** Schema of an assessment of an imported archive. It stays on this machine, and is not kept. */
export const HarAssessment = z.object({
  creator: z.string().nullable(),
  entries: z.number().int(),
  hosts: z.array(z.string()),
  /** How many requests carried each kind of credential. */
  carried: z.object({
    sessionCookie: z.number().int(),
    tokenCookie: z.number().int(),
    bearer: z.number().int(),
    basic: z.number().int(),
    none: z.number().int(),
  }),
  items: z.array(AssessmentItem),
})
/** An assessment of an imported archive. */
export type HarAssessment = z.infer<typeof HarAssessment>

/** The largest archive that is taken, octets. */
export const MAX_HAR_OCTETS = 20 * 1024 * 1024

/** Operations that hold settings and traffic against the checklist. */
export const assessment = {
  settings: oc
    .route({ method: 'GET', path: '/assessment', summary: 'The settings of the target, held against the checklist' })
    .output(SettingsAssessment),
  har: oc
    .route({ method: 'POST', path: '/assessment/har', summary: 'An HTTP Archive 1.2 of any application, held against the checklist' })
    .input(HarInput)
    .output(HarAssessment),
}
