import type { Notice } from '../contract/lab.ts'
import { AllowedHosts } from './allowed-hosts.ts'
import { Announcer } from './announcer.ts'
import { ClientPool } from './clients/client-pool.ts'
import { createClockBuffer, LabClock } from './clock.ts'
import { type Balancer, startBalancer } from './cluster/balancer.ts'
import { startCluster } from './cluster/cluster.ts'
import { CredentialPolicy } from './cluster/credential-policy.ts'
import { createDialBuffer, StoreDials } from './cluster/dials.ts'
import { LiveSettings } from './cluster/live-settings.ts'
import { NodesDirectory, NodesFamilies } from './cluster/nodes-directory.ts'
import { NodesRevocations } from './cluster/nodes-revocations.ts'
import type { Cluster } from './cluster/running-cluster.ts'
import { type PreparedStore, SessionStores } from './cluster/session-stores.ts'
import { Weaknesses } from './cluster/weaknesses.ts'
import type { Config } from './config.ts'
import type { LabParts } from './control/lab-parts.ts'
import { whenFree } from './control/when-free.ts'
import { CredentialWatch } from './credentials/credential-watch.ts'
import { CurrentLab } from './current-lab.ts'
import { openPort } from './free-port.ts'
import { KeyDuty } from './key-duty.ts'
import { type LabFiles, openLabFiles } from './lab-files.ts'
import type { Shell } from './running-lab.ts'
import { AUDIENCE, ISSUER, keyOverlap } from './target-defaults.ts'
import { type Recorder, startRecorder } from './traffic/recorder.ts'
import type { Undoing } from './undoing.ts'

/** What runs of a lab. */
export interface Running {
  readonly cluster: Cluster
  readonly recorder: Recorder
  readonly credentials: CredentialWatch
  readonly balancer: Balancer
  readonly clients: ClientPool
  readonly settings: LiveSettings
  readonly weaknesses: Weaknesses
  readonly keyDuty: KeyDuty
  readonly notices: Notice[]
}

/** What teaches: one for all labs of this process. */
export type Teaching = Pick<LabParts, 'lessons' | 'comparisons' | 'snapshots' | 'attackerSite'>

/** What a lab has in common with the one it is started beside. */
export interface Shared {
  readonly recorder: Recorder
  readonly balancer: Balancer
  keepCapacity: LabParts['keepCapacity']
}

/** What a lab stands on before anything of it runs; `undoing` ends what was started. */
export interface Ground {
  readonly config: Config
  readonly shell: Shell
  readonly files: LabFiles
  readonly allowedHosts: AllowedHosts
  readonly stores: SessionStores
  readonly clock: LabClock
  readonly clockBuffer: SharedArrayBuffer
  /** Of `StoreDials`. */
  readonly storeDials: SharedArrayBuffer
  readonly policy: CredentialPolicy
  readonly announcer: Announcer
  readonly undoing: Undoing
  readonly current: CurrentLab
  /** Null for the first lab. */
  readonly shared: Shared | null
}

/** @param onRolling a rolling restart began or ended */
function startNodes(
  { config, files, announcer, stores, allowedHosts, ...ground }: Ground,
  prepared: PreparedStore,
  onRolling: () => void,
): Promise<Cluster> {
  const { keys, targetFile } = files
  return startCluster({
    nodes: config.nodes,
    settings: {
      targetDatabaseFile: targetFile,
      clockBuffer: ground.clockBuffer,
      storeDials: ground.storeDials,
      keys: keys.target,
      ...prepared,
      ...ground.policy.settings,
      introspectionUrl: null,
      weaknesses: [],
      issuer: ISSUER,
      audience: AUDIENCE,
      isTracing: true,
    },
    allowedHosts,
    onTrace: announcer.trace,
    onRemoteTrace: (trace) => announcer.remoteTrace(trace, async (id) => (await stores.directory.find(id)) !== null),
    onUntraced: announcer.untraced,
    onNodeChange: (node) => announcer.publish({ type: 'node', node }),
    onNodeRemoved: (id) => announcer.publish({ type: 'node-removed', id }),
    onNodeCrash: (id) => announcer.note('node-crashed', { node: id }),
    onReachable: (id, isReachable) => announcer.note(isReachable ? 'node-reachable' : 'node-unreachable', { node: id }),
    onRolling,
  })
}

function beginRecording({ config, files, announcer, undoing }: Ground): Promise<Recorder> {
  let isClosing = false
  const starting = startRecorder({
    databaseFile: files.labFile,
    capacity: files.settings.captureCapacity() ?? config.captureCapacity,
    onChange: announcer.publishTraffic,
    onProblem: (message) => {
      // Its thread ends with the lab.
      if (!isClosing) console.error(message)
    },
  })
  const started = orNothing(starting)
  undoing.add(async () => {
    isClosing = true
    announcer.credentials?.flush()
    await (await started)?.close()
  })
  return starting
}

/** What a lesson's lab knows of credentials goes with it. */
const NOTHING_KEPT = { keep: () => undefined, kept: async () => [], forgetKept: async () => undefined }

async function watchCredentials({ clock, announcer, files, policy, shared }: Ground, recorder: Recorder): Promise<CredentialWatch> {
  const { publish, stale } = announcer
  const way = () => policy.current.revocation
  const auditSecret = files.settings.auditSecret()
  const credentials = new CredentialWatch({ clock, recorder: shared ? NOTHING_KEPT : recorder, auditSecret, way, publish, stale })
  await credentials.restore()
  return credentials
}

/** For whoever only has to clean up: the failure itself is told where the promise is awaited. */
const orNothing = <T>(promise: Promise<T>): Promise<T | null> => promise.catch(() => null)

/** Starts nodes and clients, and for the first lab recorder and balancer. @throws LabError when one cannot be had */
export async function startTraffic(ground: Ground): Promise<Running> {
  const { config, stores, announcer, undoing, shared } = ground
  const recording = shared ? Promise.resolve(shared.recorder) : beginRecording(ground)
  undoing.add(() => stores.close())
  let settings: LiveSettings | null = null
  const prepared = await stores.prepare(config.store, config.redisUrl)
  stores.use(prepared)
  // Beside the recorder: both load what they need in threads of their own.
  const starting = startNodes(ground, prepared, () => settings?.announce())
  const started = orNothing(starting)
  undoing.add(async () => (await started)?.close())
  const watching = recording.then((recorder) => watchCredentials(ground, recorder))
  const [recorder, credentials, cluster] = await Promise.all([recording, watching, starting])
  announcer.recorder = recorder
  announcer.credentials = credentials
  if (!shared) announcer.note('lab-started')
  const nodes = () => cluster.directories()
  stores.memory = { sessions: new NodesDirectory(nodes), families: new NodesFamilies(nodes), revocations: new NodesRevocations(nodes) }
  const { opened: balancer, notices } = shared ? { opened: shared.balancer, notices: [] } : await openBalancer(ground, cluster, recorder)
  const clients = createClients(ground, recorder, balancer)
  undoing.add(() => clients.close())
  settings = createLiveSettings(ground, cluster, balancer)
  const weaknesses = new Weaknesses({
    cluster,
    onChange: (state) => announcer.publish({ type: 'weaknesses', weaknesses: state }),
    onAction: announcer.note,
  })
  const keyDuty = await keepKeys(ground, cluster)
  return { cluster, recorder, credentials, balancer, clients, settings, weaknesses, keyDuty, notices }
}

/** What came due while the lab did not run is in force when it resolves. */
async function keepKeys({ files: { keys }, announcer, undoing }: Ground, cluster: Cluster): Promise<KeyDuty> {
  keys.onChange = () => announcer.publish({ type: 'keyring', keyring: keys.list() })
  const duty = new KeyDuty({
    keys,
    apply: (target) => cluster.setKeys(target),
    note: announcer.note,
    onProblem: (message) => console.error(message),
  })
  undoing.add(() => duty.close())
  await duty.check()
  return duty
}

async function openBalancer({ config, clock, current, undoing }: Ground, cluster: Cluster, recorder: Recorder) {
  current.begin({ cluster, clock, clients: null })
  const wish = { name: 'balancer', port: config.balancerPort, isAsked: config.isBalancerPortAsked } as const
  const clientByTag = (tag: string) => current.clientByTag(tag)
  const opening = openPort(wish, (port) =>
    startBalancer({ port, cluster: current, strategy: config.strategy, recorder, clock: current, clientByTag }),
  )
  undoing.add(async () => (await orNothing(opening))?.opened.close())
  return opening
}

const createLiveSettings = (
  { config, files, stores, storeDials, policy, announcer }: Ground,
  cluster: Cluster,
  balancer: Balancer,
): LiveSettings =>
  new LiveSettings({
    cluster,
    balancer,
    stores,
    storeDials: new StoreDials(storeDials),
    policy,
    start: { strategy: config.strategy, store: config.store, redisUrl: config.redisUrl },
    onChange: (state) => announcer.publish({ type: 'cluster', cluster: state }),
    onAction: announcer.note,
    onStoreChange: () => announcer.publish({ type: 'resync' }),
    onLifetimes: (lifetimes) => files.keys.follow(keyOverlap(lifetimes)),
  })

/** The target as a browser reaches it. */
export const portalUrl = (balancer: Balancer): string => `http://app.localhost:${balancer.port}`

/** A setting that cannot be kept is lost at the next start, no more. */
export function keep(write: () => void): void {
  whenFree(write).catch((error: unknown) => console.error(error))
}

const createClients = ({ files, clock, policy, announcer }: Ground, recorder: Recorder, balancer: Balancer): ClientPool =>
  new ClientPool({
    clock,
    origin: portalUrl(balancer),
    kept: files.settings.clients(),
    way: () => policy.current.revocation,
    whenComplete: (id) => recorder.whenComplete(id),
    onChange: announcer.publish,
    onAction: announcer.note,
    onIdentities: (identities) => keep(() => files.settings.keepClients(identities)),
  })

const createStores = ({ files, allowedHosts, clock, policy, announcer }: Omit<Ground, 'stores'>): SessionStores =>
  new SessionStores({
    allowedHosts,
    database: files.target,
    folder: files.folder,
    clock,
    patiently: whenFree,
    policy,
    onReachable: (isReachable) => {
      announcer.note(isReachable ? 'store-recovered' : 'store-lost')
      announcer.publish({ type: 'resync' })
    },
  })

/**
 * Opens the files of a lab and what it stands on.
 * @param first the lab that this one is started beside; null for the first
 * @throws LabError when a file cannot be had
 */
export async function layGround(
  config: Config,
  shell: Shell,
  folder: string,
  first: { ground: Ground; shared: Shared } | null,
  undoing: Undoing,
): Promise<Ground> {
  const clockBuffer = createClockBuffer()
  const clock = new LabClock(clockBuffer)
  const files = await openLabFiles({ folder, clock, secretBox: shell.secretBox }, undoing)
  const announcer = new Announcer(clock, first?.ground.announcer.log)
  announcer.isSetAside = first !== null
  const bare = {
    config,
    shell,
    files,
    allowedHosts: new AllowedHosts(config.allowedHosts),
    clock,
    clockBuffer,
    storeDials: createDialBuffer(),
    policy: new CredentialPolicy(files.settings),
    announcer,
    undoing,
    current: first?.ground.current ?? new CurrentLab(),
    shared: first?.shared ?? null,
  }
  return { ...bare, stores: createStores(bare) }
}
