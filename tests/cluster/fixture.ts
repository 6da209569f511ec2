import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { StrategyName } from '../../src/contract/cluster.ts'
import type { LabChange } from '../../src/contract/events.ts'
import { createClockBuffer, LabClock } from '../../src/server/clock.ts'
import { type Balancer, startBalancer } from '../../src/server/cluster/balancer.ts'
import { Upstream } from '../../src/server/cluster/upstream.ts'
import { openDatabase } from '../../src/server/storage/open.ts'
import { type Recorder, startRecorder } from '../../src/server/traffic/recorder.ts'

/** A folder that is gone after the test. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'authlab-cluster-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface RecorderFixture {
  recorder: Recorder
  changes: LabChange[]
  databaseFile: string
}

export const temporaryRecorder = async (capacity = 10_000): Promise<RecorderFixture> => {
  const databaseFile = join(await temporaryFolder(), 'lab.db')
  openDatabase(databaseFile, 'lab').database.close()
  const changes: LabChange[] = []
  const recorder = await startRecorder({ databaseFile, capacity, onChange: (change) => changes.push(change) })
  onTestFinished(() => recorder.close())
  return { recorder, changes, databaseFile }
}

/** A plain HTTP server on a free loopback port. */
export const plainServer = async (listener: RequestListener): Promise<{ server: Server; port: number }> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

export interface BalancerFixture extends RecorderFixture {
  balancer: Balancer
  upstreams: Upstream[]
}

export const SECRET_TAG = 'tag-of-alice'

/** A balancer in front of plain servers. */
export const balancerOver = async (listeners: RequestListener[], strategy: StrategyName = 'round-robin'): Promise<BalancerFixture> => {
  const upstreams: Upstream[] = []
  const fixture = await temporaryRecorder()
  for (const [index, listener] of listeners.entries()) {
    const { port } = await plainServer((request, response) => {
      const exchangeId = String(request.headers['x-authlab-exchange'])
      response.once('close', () => fixture.recorder.addTrace({ exchangeId, verdict: 'not-auth', mechanism: 'none', stepsJson: '[]' }))
      listener(request, response)
    })
    upstreams.push(new Upstream(`node-${index + 1}`, port))
  }
  const balancer = await startBalancer({
    port: 0,
    cluster: { upstreams: () => upstreams, suspect: () => {} },
    strategy,
    recorder: fixture.recorder,
    clock: new LabClock(createClockBuffer()),
    clientByTag: (tag) => (tag === SECRET_TAG ? { id: 'alice-laptop', name: 'Alice·Laptop' } : null),
  })
  onTestFinished(async () => {
    await balancer.close()
    await Promise.all(upstreams.map((upstream) => upstream.destroy()))
  })
  return { ...fixture, balancer, upstreams }
}

/** Sends octets as they are and reads until the other side closes. For a request to a balancer, `HOST` in it stands for its authority. */
export const sendRaw = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)))
    socket.on('close', () => resolve(received))
    socket.write(text.replaceAll('HOST', `127.0.0.1:${port}`), 'latin1')
  })

/** The id that an answer carries. */
export const exchangeIdOf = (response: Response): string => response.headers.get('x-authlab-exchange') ?? ''
