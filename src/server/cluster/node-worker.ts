import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { LabClock } from '../clock.ts'
import { createSecretCheck } from '../secret-check.ts'
import { connectDatabase } from '../storage/open.ts'
import { createTargetApp } from '../target/app.ts'
import { openStorage } from '../target/sessions/shared-storage.ts'
import { partsWith } from '../target/weaknesses/parts-with.ts'
import { refuseMalformed } from './client-error.ts'
import { NodeDials, StoreDials } from './dials.ts'
import { BALANCER_TAG, CLIENT_TAG } from './forwarded-headers.ts'
import type { FromNode, NodeStats, NodeWorkerData, ToNode } from './node-messages.ts'
import { carryOutCall } from './nodes-directory.ts'
import { TraceOutbox } from './trace-batch.ts'

const port = parentPort
if (!port) throw new Error('node-worker runs as a worker thread only')
const send = (message: FromNode): void => port.postMessage(message)

const settings = workerData as NodeWorkerData
const dials = new NodeDials(settings.dials)
const database = connectDatabase(settings.targetDatabaseFile)
const storage = await openStorage(settings.store, settings.redisUrl)

const traces = new TraceOutbox((batch) => send({ kind: 'traces', batch }))

const target = createTargetApp({
  nodeId: settings.nodeId,
  clock: new LabClock(settings.clockBuffer, dials),
  databaseClock: new LabClock(settings.clockBuffer),
  database,
  keys: settings.keys,
  lifetimes: settings.lifetimes,
  issuer: settings.issuer,
  audience: settings.audience,
  leewaySeconds: settings.leewaySeconds,
  revocation: settings.revocation,
  recheckAccount: settings.recheckAccount,
  cookiePrefix: settings.cookiePrefix,
  extraClaims: settings.extraClaims,
  ...(settings.introspectionUrl !== null && {
    introspection: {
      url: settings.introspectionUrl,
      headers: { [CLIENT_TAG]: settings.callTag, 'user-agent': `AuthLab-Node/1 (${settings.nodeId})` },
    },
  }),
  longestTokenSeconds: settings.longestTokenSeconds,
  isTracing: settings.isTracing,
  portalDir: settings.portalDir,
  parts: partsWith(settings.weaknesses),
  latency: dials,
  createStorage: storage.createStorage,
  storeFaults: new StoreDials(settings.storeDials),
  onTrace: (trace) => traces.add(trace),
})

const isFromBalancer = createSecretCheck(settings.balancerSecret)

// The balancer keeps its connections open and closes them itself; it adds fields to heads that it let pass, so there is room for more here.
const server = createServer({ keepAliveTimeout: 120_000, maxHeaderSize: 32 * 1024 }, (request, response) => {
  // A stranger at this port must not write steps and verdict into an exchange that the balancer recorded.
  if (!isFromBalancer(request.headers[BALANCER_TAG])) delete request.headers['x-authlab-exchange']
  target.app(request, response)
})
// As many fields as the balancer lets pass: a limit here would cut off, or refuse, what was recorded as sent, the exchange's id among it.
server.maxHeadersCount = 0
server.on('clientError', (error, socket) => refuseMalformed(error, socket, false))

const close = async (): Promise<void> => {
  server.close()
  server.closeAllConnections()
  await target.close()
  traces.flush()
  storage.close()
  database.close()
}

const carryOut = async (order: ToNode['order']): Promise<unknown> => {
  if (typeof order === 'object' && 'setKeys' in order) return target.setKeys(order.setKeys)
  if (typeof order === 'object' && 'load' in order) return storage.memory?.load(order.load)
  if (typeof order !== 'string') return carryOutCall(target, order)
  if (order === 'dump') return storage.memory?.dump() ?? null
  if (order === 'flush') target.flush()
  else if (order === 'reset') await target.reset()
  else if (order === 'close') await close()
  return undefined
}

/** Node before 24 cannot tell one thread's CPU time. */
const cpuMs = (): number => {
  const usage = 'threadCpuUsage' in process ? process.threadCpuUsage() : null
  return usage ? (usage.user + usage.system) / 1000 : performance.eventLoopUtilization().active
}

const readStats = (): NodeStats => {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return { memoryBytes: used_heap_size + external_memory, cpuMs: cpuMs(), ...target.counts() }
}

port.on('message', ({ orderId, order }: ToNode) => {
  carryOut(order).then(
    (answer) => {
      send({ kind: 'done', orderId, stats: readStats(), answer })
      if (order === 'close') port.close()
    },
    (error: unknown) => send({ kind: 'failed', orderId, message: error instanceof Error ? error.message : String(error) }),
  )
})

server.listen(0, '127.0.0.1', () => send({ kind: 'listening', port: (server.address() as AddressInfo).port }))
