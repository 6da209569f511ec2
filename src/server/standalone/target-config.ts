import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { RevocationWay } from '../../contract/revocation.ts'
import { isHost } from '../allowed-hosts.ts'
import { ConfigError } from '../config.ts'
import { readVersion } from '../version.ts'

/** The ways that need nobody else. */
const WAYS = ['none', 'denylist', 'not-before', 'version'] as const satisfies readonly RevocationWay[]
type TargetWay = (typeof WAYS)[number]

/** What the command line of a target that runs alone decides. */
export interface TargetConfig {
  /** 0 = any free one. */
  readonly port: number
  readonly host: string
  readonly name: string
  /** Null: sessions in a database of its own. */
  readonly redisUrl: string | null
  /** Null: a temporary folder. */
  readonly dataDir: string | null
  /** Null: secrets of its own. */
  readonly secretFile: string | null
  /** Null: it signs and verifies tokens with its secrets. */
  readonly jwksUrl: string | null
  /** How access tokens end before their `exp`. */
  readonly revocation: TargetWay
  /** Null: a new secret at every start. */
  readonly traceSecretFile: string | null
  readonly allowedHosts: readonly string[]
}

const HELP = `AuthLab's target: the app under study as a process of its own, for a lab on this machine or another.

Usage: npm run target -- [flags]

  --port N               where it listens, 0 = any free port (0)
  --host H               the address it listens on (127.0.0.1)
  --name NAME            what it calls itself in X-AuthLab-Node and in sessions (target)
  --redis URL            where sessions are shared, as redis://127.0.0.1:6379 (none: a database of its own)
  --data-dir DIR         where its accounts live (a temporary folder, deleted at exit)
  --secret-file FILE     the keys.json of the lab's data folder: the secrets of the session cookie and the
                         keys of tokens, to be kept as secret as passwords; it is read again when it
                         changes (none: secrets of its own)
  --jwks-url URL         tokens are verified with the keys found there and none are issued
  --revocation WAY       how access tokens end before their exp: none, denylist, not-before or version;
                         kept where sessions are, so give the lab's way with the lab's --redis (none)
  --trace-secret-file FILE
                         one line of 16 to 200 letters, digits, - or _: with it the lab fetches the steps
                         of this target's answers (none: a new secret at every start)
  --allow-host HOST      a host besides this machine that --redis or --jwks-url may name; repeatable
  --help, --version

When it listens it prints one line TARGET_READY {json} with version, name, url and secret: add it to the
lab with that url and secret. docs/more-machines.md says how.
`

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  name: { type: 'string' },
  redis: { type: 'string' },
  'data-dir': { type: 'string' },
  'secret-file': { type: 'string' },
  'jwks-url': { type: 'string' },
  revocation: { type: 'string' },
  'trace-secret-file': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

const urlOf = (...protocols: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), `takes a URL with ${protocols.join(' or ')}`)

const hasNoUser = (text: string): boolean => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === '')

const path = (what: string) =>
  z
    .string()
    .min(1, `takes a ${what}`)
    .transform((text) => resolve(text))

const Flags = z.object({
  port: z
    .string()
    .regex(/^\d{1,5}$/, 'takes a whole number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'takes a whole number from 0 to 65535')
    .default(0),
  host: z.string().refine(isHost, 'takes an address of this machine').default('127.0.0.1'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,39}$/, 'takes up to 40 letters, digits, . - and _')
    .default('target'),
  redis: urlOf('redis:').optional(),
  'data-dir': path('folder').optional(),
  'secret-file': path('file').optional(),
  // They would not be sent, and be shown with the address.
  'jwks-url': urlOf('http:', 'https:').refine(hasNoUser, 'takes a URL without a user name and a password').optional(),
  revocation: z.enum(WAYS, `takes ${WAYS.join(', ').replace(/, (?=[^,]*$)/, ' or ')}`).default('none'),
  'trace-secret-file': path('file').optional(),
  'allow-host': z.array(z.string().refine(isHost, 'takes the name or the address of a host, without port')).default([]),
  help: z.boolean().default(false),
  version: z.boolean().default(false),
})

function readFlags(argv: string[]): unknown {
  try {
    return parseArgs({ args: argv, options: OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`${(message.split(/[.\n] ?/)[0] ?? message).trim()}. See --help.`)
  }
}

/**
 * Parses the command line of a target that runs alone.
 * @throws ConfigError
 */
export function parseTargetConfig(argv: string[]): TargetConfig | { help: string } | { version: string } {
  const parsed = Flags.safeParse(readFlags(argv))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new ConfigError(`--${String(issue?.path[0])} ${issue?.message}. See --help.`)
  }
  const flags = parsed.data
  if (flags.help) return { help: HELP }
  if (flags.version) return { version: readVersion() }
  return {
    port: flags.port,
    host: flags.host,
    name: flags.name,
    redisUrl: flags.redis ?? null,
    dataDir: flags['data-dir'] ?? null,
    secretFile: flags['secret-file'] ?? null,
    jwksUrl: flags['jwks-url'] ?? null,
    revocation: flags.revocation,
    traceSecretFile: flags['trace-secret-file'] ?? null,
    allowedHosts: flags['allow-host'],
  }
}
