import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AllowedHosts } from '../allowed-hosts.ts'
import { portalUrl } from '../assets.ts'
import { refuseMalformed } from '../cluster/client-error.ts'
import { say } from '../command-line.ts'
import { openDataFolder } from '../data-folder.ts'
import { LabError } from '../errors.ts'
import { readSharedKeys } from '../keys-file.ts'
import { LabKeys } from '../lab-keys.ts'
import { Checkpoints } from '../storage/checkpoints.ts'
import { openDatabase } from '../storage/open.ts'
import { RedisConnection } from '../storage/redis-connection.ts'
import { createTargetApp, type TargetApp } from '../target/app.ts'
import { type OpenedStorage, openStorage } from '../target/sessions/shared-storage.ts'
import { RemoteKeys } from '../target/tokens/remote-keys.ts'
import { AUDIENCE, ISSUER, keyOverlap, LIFETIMES } from '../target-defaults.ts'
import { signingKeyId, type TargetKeys, verifyingKeyIds } from '../target-keys.ts'
import { startWhole, type Undoing } from '../undoing.ts'
import { readVersion } from '../version.ts'
import { answerLab } from './lab-answers.ts'
import { followSecrets } from './shared-secrets.ts'
import type { TargetConfig } from './target-config.ts'
import { TraceShelf } from './trace-shelf.ts'

/** How long requests in flight may take at the end, milliseconds. */
const DRAIN_WITHIN_MS = 3000
const CLOCK = { nowMs: () => Date.now() }

/** What the line `TARGET_READY` says. */
export interface TargetReady {
  readonly version: string
  readonly name: string
  readonly url: string
  /** What the lab is to be given with the URL. */
  readonly secret: string
}

/** A target that runs alone. */
export interface RunningTarget {
  readonly ready: TargetReady
  /** What its operator should know. */
  readonly notices: readonly string[]
  /** Requests in flight are finished; everything is written and closed when this resolves. */
  close(): Promise<void>
}

/** The secrets it works with, and what its operator should know about them. */
interface OwnKeys {
  readonly keys: TargetKeys
  readonly notices: string[]
}

async function keysFor({ secretFile, jwksUrl }: TargetConfig, folder: string): Promise<OwnKeys> {
  if (secretFile !== null) return { keys: readSharedKeys(secretFile), notices: [] }
  const { keys } = await LabKeys.open({ dataDir: folder, clock: CLOCK, overlap: keyOverlap(LIFETIMES), secretBox: null })
  const alone =
    jwksUrl === null
      ? 'its secrets are its own: it accepts no login of another node, and no other node accepts one of it.'
      : 'the secret of its session cookie is its own: it accepts no session of another node, and no other node accepts one of it.'
  return { keys: keys.target, notices: [`without --secret-file ${alone}`] }
}

/** Null unless tokens are verified with keys that are fetched. */
const openRemoteKeys = async ({ jwksUrl, allowedHosts }: TargetConfig): Promise<RemoteKeys | null> =>
  jwksUrl === null ? null : RemoteKeys.open({ url: jwksUrl, allowedHosts: new AllowedHosts(allowedHosts), nowMs: () => performance.now() })

function traceSecret({ traceSecretFile }: TargetConfig): string {
  if (traceSecretFile === null) return randomBytes(32).toString('base64url')
  let text: string
  try {
    text = readFileSync(traceSecretFile, 'utf8').trim()
  } catch (cause) {
    throw new LabError('secret-unreadable', `${traceSecretFile} cannot be read: name another with --trace-secret-file FILE.`, { cause })
  }
  if (/^[\w-]{16,200}$/.test(text)) return text
  throw new LabError('secret-unreadable', `${traceSecretFile} must hold one line of 16 to 200 letters, digits, - or _.`)
}

/** Waits for a Redis that answers: one that is not there at the start is a slip, one that goes later comes back. */
async function openSessions({ redisUrl, allowedHosts }: TargetConfig): Promise<OpenedStorage> {
  if (redisUrl === null) return openStorage('sqlite', null)
  new AllowedHosts(allowedHosts).require(redisUrl, 'Redis')
  const probe = await RedisConnection.open({ url: redisUrl })
  try {
    await probe.whenReachable()
  } finally {
    probe.close()
  }
  return openStorage('redis', redisUrl)
}

function listen(server: Server, { port, host }: TargetConfig): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE'
      const advice = isTaken
        ? 'is taken: close what uses it, or give another with --port N'
        : 'cannot be listened on: see --host and --port'
      reject(new LabError(isTaken ? 'port-taken' : 'port-unusable', `Port ${port} of ${host} ${advice}.`, { cause }))
    })
    server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
      const { address, family, port: given } = server.address() as AddressInfo
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${given}`)
    })
  })
}

/** Requests in flight get their time, idle connections none. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_WITHIN_MS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

interface Parts {
  readonly app: TargetApp
  readonly shelf: TraceShelf
  /** Those in use now. */
  readonly keys: () => TargetKeys
  readonly remoteKeys: RemoteKeys | null
  readonly secret: string
}

/** The same server as a node in a thread has: see `cluster/node-worker.ts` for the limits. */
function serve({ app, shelf, keys, remoteKeys, secret }: Parts): Server {
  const keyIds = () =>
    remoteKeys
      ? { signingKeyId: '', verifyingKeyIds: remoteKeys.kids, keysAgeSeconds: remoteKeys.ageSeconds() }
      : { signingKeyId: signingKeyId(keys()), verifyingKeyIds: verifyingKeyIds(keys()), keysAgeSeconds: null }
  const stats = () => ({ ...app.counts(), ...keyIds() })
  const server = createServer({ keepAliveTimeout: 120_000, maxHeaderSize: 32 * 1024 }, answerLab({ secret, shelf, stats, app: app.app }))
  server.maxHeadersCount = 0
  server.on('clientError', (error, socket) => refuseMalformed(error, socket, false))
  return server
}

async function start(config: TargetConfig, undoing: Undoing): Promise<RunningTarget> {
  const secret = traceSecret(config)
  const folder = openDataFolder(config.dataDir ?? tmpdir(), config.dataDir === null)
  undoing.add(() => folder.release())
  const own = await keysFor(config, folder.path)
  let { keys } = own
  const remoteKeys = await openRemoteKeys(config)
  undoing.add(() => remoteKeys?.close())
  const file = join(folder.path, 'target.db')
  const { database } = openDatabase(file, 'target')
  undoing.add(() => database.close())
  const checkpoints = new Checkpoints({ databaseFiles: [file], onProblem: (message) => console.error(message) })
  undoing.add(() => checkpoints.close())
  const storage = await openSessions(config)
  undoing.add(() => storage.close())
  const shelf = new TraceShelf()
  undoing.add(() => shelf.close())
  const app = createTargetApp({
    nodeId: config.name,
    clock: CLOCK,
    database,
    keys,
    ...(remoteKeys && { keyring: remoteKeys }),
    lifetimes: LIFETIMES,
    revocation: config.revocation,
    issuer: ISSUER,
    audience: AUDIENCE,
    isTracing: true,
    portalDir: fileURLToPath(portalUrl()),
    createStorage: storage.createStorage,
    storeFaults: { latencyMs: 0, isOut: false },
    onTrace: (trace) => shelf.put(trace),
  })
  undoing.add(() => app.close())
  if (config.secretFile !== null) {
    const use = (shared: TargetKeys): void => {
      app.setKeys(shared)
      keys = shared
    }
    undoing.add(followSecrets(config.secretFile, use, say))
  }
  const server = serve({ app, shelf, keys: () => keys, remoteKeys, secret })
  const url = await listen(server, config)
  undoing.add(() => drain(server))
  return { ready: { version: readVersion(), name: config.name, url, secret }, notices: own.notices, close: () => undoing.run() }
}

/**
 * Starts the app under study alone: unchanged, but for what tells its lab the steps of its answers.
 * @throws LabError when a port, a secret, the folder or Redis cannot be had; nothing is left open then
 */
export const startTarget = (config: TargetConfig): Promise<RunningTarget> => startWhole((undoing) => start(config, undoing))
