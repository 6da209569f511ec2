import { statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { STORE_KINDS, STRATEGIES, type StoreKind, type StrategyName } from '../contract/cluster.ts'
import { isHost } from './allowed-hosts.ts'
import { readVersion } from './version.ts'

/** Ports used unless told otherwise. */
export const DEFAULT_PORTS = { control: 4600, balancer: 4700 } as const
/** How many exchanges are kept before the oldest leave, unless the operator changes it. */
export const DEFAULT_CAPTURE_CAPACITY = 10_000

/** Everything that flags and environment decide, parsed once. */
export interface Config {
  /** The window asked for; `auto` leaves it to the launcher. */
  readonly mode: 'desktop' | 'browser' | 'headless' | 'auto'
  /** Port of the control plane and workbench; 0 = any free one. */
  readonly port: number
  /** Whether the port was asked for by flag: then a taken one is an error. */
  readonly isPortAsked: boolean
  readonly balancerPort: number
  readonly isBalancerPortAsked: boolean
  /** Where the databases live; with `isFresh` the folder that the temporary one is made in. */
  readonly dataDir: string
  /** Work in a temporary folder that is deleted at exit. */
  readonly isFresh: boolean
  readonly nodes: number
  readonly strategy: StrategyName
  readonly store: StoreKind
  /** A Redis server that runs; null for none, or with `redis` one of the lab's own. */
  readonly redisUrl: string | null
  /** Hosts besides this machine that the lab may be told to talk to: for Redis, and for nodes by URL. */
  readonly allowedHosts: readonly string[]
  /** Whether browser mode opens the default browser. */
  readonly shouldOpen: boolean
  readonly captureCapacity: number
  /** Folder of own lessons; null for `lessons` in the data folder. */
  readonly lessonsDir: string | null
  /** Desktop: whether Chromium's sandbox stays on. */
  readonly isSandboxed: boolean
}

/** A flag that cannot be used: exit code 2, the message is the one line to show. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** What the command line asked for. */
export type Parsed = Config | { help: string } | { version: string }

const HELP = `AuthLab: session-based authentication and JWT, side by side, on one machine.

Usage: npm start -- [flags]        (the same flags on the packaged app)

  --desktop | --browser   Electron window, or serve the workbench for a browser
                          (default: desktop where Electron and a display can be had)
  --port N                control plane and workbench, 0 = any free port (${DEFAULT_PORTS.control})
  --balancer-port N       balancer in front of the nodes, 0 = any free port (${DEFAULT_PORTS.balancer})
  --data-dir DIR          where the databases live (the per-user data folder)
  --fresh                 a temporary folder, deleted at exit
  --nodes N               nodes of the app under study, 1 to 16 (3)
  --strategy S            ${STRATEGIES.join(', ')} (round-robin)
  --store K               ${STORE_KINDS.join(', ')} (sqlite); redis starts a server of the lab's own,
                          redis=redis://127.0.0.1:6379 uses one that runs
  --allow-host HOST       a host besides this machine that Redis or a node by URL may be on; repeatable
                          (none: nothing outside this machine is talked to)
  --lessons DIR           a folder of lessons of your own (lessons in the data folder)
  --no-open               browser mode: do not open the browser
  --no-sandbox            desktop: run Chromium without its sandbox (needed as root)
  --help, --version
`

const OPTIONS = {
  desktop: { type: 'boolean' },
  browser: { type: 'boolean' },
  port: { type: 'string' },
  'balancer-port': { type: 'string' },
  'data-dir': { type: 'string' },
  fresh: { type: 'boolean' },
  nodes: { type: 'string' },
  strategy: { type: 'string' },
  store: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  lessons: { type: 'string' },
  'no-open': { type: 'boolean' },
  'no-sandbox': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, `takes a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `takes a whole number from ${min} to ${max}`)

const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `takes ${values.join(', ')}`)

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const isRedisUrl = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === 'redis:'

const Store = z
  .string()
  .transform((text) => ({ kind: text.split('=', 1)[0], url: text.includes('=') ? text.slice(text.indexOf('=') + 1) : null }))
  .refine(({ kind }) => STORE_KINDS.some((known) => known === kind), `takes ${STORE_KINDS.join(', ')} or redis=URL`)
  .refine(
    ({ kind, url }) => url === null || (kind === 'redis' && isRedisUrl(url)),
    'takes a URL for redis only, as redis=redis://127.0.0.1:6379',
  )
  .transform(({ kind, url }) => ({ store: kind as StoreKind, redisUrl: url }))

const Flags = z
  .object({
    desktop: z.boolean().default(false),
    browser: z.boolean().default(false),
    port: wholeNumber(0, 65_535).optional(),
    'balancer-port': wholeNumber(0, 65_535).optional(),
    'data-dir': z.string().min(1, 'takes a folder').optional(),
    fresh: z.boolean().default(false),
    nodes: wholeNumber(1, 16).default(3),
    strategy: oneOf(STRATEGIES).default('round-robin'),
    store: Store.default({ store: 'sqlite', redisUrl: null }),
    'allow-host': z.array(z.string().refine(isHost, 'takes the name or the address of a host, without port')).default([]),
    lessons: z.string().refine(isFolder, 'takes a folder that is there').optional(),
    'no-open': z.boolean().default(false),
    'no-sandbox': z.boolean().default(false),
    help: z.boolean().default(false),
    version: z.boolean().default(false),
  })
  .refine((flags) => !(flags.desktop && flags.browser), '--desktop and --browser exclude each other')
  .refine((flags) => !flags.port || flags.port !== flags['balancer-port'], '--port and --balancer-port must differ')

/** The folder where this user's applications keep their data. */
export function defaultDataDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(homedir(), 'AppData', 'Roaming'), 'AuthLab')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'AuthLab')
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'authlab')
}

function readFlags(argv: string[]): unknown {
  try {
    return parseArgs({ args: argv, options: OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`${(message.split(/[.\n] ?/)[0] ?? message).trim()}. See --help.`)
  }
}

function whatIsWrong(error: z.ZodError): string {
  const issue = error.issues[0]
  const flag = issue?.path[0]
  return flag === undefined ? `${issue?.message}. See --help.` : `--${String(flag)} ${issue?.message}. See --help.`
}

/**
 * Parses the command line into a frozen {@link Config}.
 * @param argv flags only, without executable and script
 * @throws ConfigError
 */
export function parseConfig(argv: string[], env: NodeJS.ProcessEnv): Parsed {
  const parsed = Flags.safeParse(readFlags(argv))
  if (!parsed.success) throw new ConfigError(whatIsWrong(parsed.error))
  const flags = parsed.data
  if (flags.help) return { help: HELP }
  if (flags.version) return { version: readVersion() }
  const dataDir = flags['data-dir']
  const config: Config = {
    mode: flags.desktop ? 'desktop' : flags.browser ? 'browser' : 'auto',
    port: flags.port ?? DEFAULT_PORTS.control,
    isPortAsked: flags.port !== undefined,
    balancerPort: flags['balancer-port'] ?? DEFAULT_PORTS.balancer,
    isBalancerPortAsked: flags['balancer-port'] !== undefined,
    dataDir: dataDir !== undefined ? resolve(dataDir) : flags.fresh ? tmpdir() : defaultDataDir(env),
    isFresh: flags.fresh,
    nodes: flags.nodes,
    strategy: flags.strategy,
    ...flags.store,
    allowedHosts: flags['allow-host'],
    shouldOpen: !flags['no-open'],
    captureCapacity: DEFAULT_CAPTURE_CAPACITY,
    lessonsDir: flags.lessons === undefined ? null : resolve(flags.lessons),
    isSandboxed: !flags['no-sandbox'],
  }
  return Object.freeze(config)
}
