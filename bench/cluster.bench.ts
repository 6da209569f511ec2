import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { type LabProcess, startLabProcess } from '../scripts/lab-process.ts'
import { STRATEGIES } from '../src/contract/cluster.ts'
import { createStrategy } from '../src/server/cluster/strategies.ts'
import { type BenchRow, row } from './bench-row.ts'

const REPETITIONS = 5
const SECONDS = 2
const CONNECTIONS = 16
const MANY = 8
const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon')

/** Calls the control API. @throws Error with what it answered unless that is good */
async function tell(lab: LabProcess, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await lab.call(method, path, body)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}

interface NodeFigures {
  id: string
  memoryBytes: number
}

/** From the order to add a node until it listens and the order is answered; and what its heap takes. */
async function nodeStarts(lab: LabProcess): Promise<{ milliseconds: number[]; mebibytes: number[] }> {
  const milliseconds: number[] = []
  const mebibytes: number[] = []
  for (let repetition = 0; repetition < 3 * REPETITIONS; repetition++) {
    const startedAt = performance.now()
    const node = (await tell(lab, 'POST', '/nodes')) as NodeFigures
    milliseconds.push(performance.now() - startedAt)
    mebibytes.push(node.memoryBytes / 2 ** 20)
    await tell(lab, 'DELETE', `/nodes/${node.id}`)
  }
  return { milliseconds, mebibytes }
}

async function requestsPerSecond(url: string): Promise<number> {
  const flags = ['--json', '--duration', String(SECONDS), '--connections', String(CONNECTIONS)]
  const child = spawn(process.execPath, [AUTOCANNON, ...flags, url], { stdio: ['ignore', 'pipe', 'ignore'] })
  let json = ''
  for await (const chunk of child.stdout) json += chunk
  return (JSON.parse(json) as { requests: { average: number } }).requests.average
}

async function throughput(one: LabProcess, many: LabProcess): Promise<number[]> {
  const ratios: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const alone = await requestsPerSecond(`${one.ready.balancer}/healthz`)
    ratios.push((await requestsPerSecond(`${many.ready.balancer}/healthz`)) / alone)
  }
  return ratios
}

/** Microseconds that one choice among sixteen nodes takes. */
function choices(): BenchRow[] {
  const nodes = Array.from({ length: 16 }, (_, index) => ({ id: `node-${index + 1}`, inFlight: (index * 7) % 5 }))
  const ROUNDS = 200_000
  return STRATEGIES.map((name) => {
    const times: number[] = []
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const choose = createStrategy(name)
      let found = 0
      const startedAt = performance.now()
      for (let round = 0; round < ROUNDS; round++) if (choose(nodes, 'node-16')) found++
      times.push(((performance.now() - startedAt) * 1000) / found)
    }
    return row(`choice of a node among 16, ${name}`, times, ' us', ['<=', 2])
  })
}

/** Calls one after the other on some connections until told to stop; the time of the first good answer that began after each mark. */
async function callsDuring(
  url: string,
  work: () => Promise<void>,
): Promise<{ statuses: number[]; times: { begunAt: number; endedAt: number; status: number }[] }> {
  const times: { begunAt: number; endedAt: number; status: number }[] = []
  let isOver = false
  const worker = async (): Promise<void> => {
    while (!isOver) {
      const begunAt = performance.now()
      const answer = await fetch(url).catch(() => null)
      await answer?.arrayBuffer().catch(() => null)
      times.push({ begunAt, endedAt: performance.now(), status: answer?.status ?? 0 })
    }
  }
  const workers = Array.from({ length: 4 }, worker)
  await work()
  isOver = true
  await Promise.all(workers)
  return { statuses: times.map(({ status }) => status), times }
}

async function afterKill(lab: LabProcess): Promise<{ nextAnswerMs: number[]; failed: number[] }> {
  const nextAnswerMs: number[] = []
  const failed: number[] = []
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    let killedAt = 0
    const { statuses, times } = await callsDuring(`${lab.ready.balancer}/healthz`, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      killedAt = performance.now()
      await tell(lab, 'POST', '/nodes/node-2/kill')
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    const next = times.filter(({ begunAt, status }) => begunAt >= killedAt && status === 200).map(({ endedAt }) => endedAt - killedAt)
    nextAnswerMs.push(Math.min(...next))
    failed.push(statuses.filter((status) => status !== 200).length)
    await tell(lab, 'POST', '/nodes/node-2/start')
  }
  return { nextAnswerMs, failed }
}

async function failedWhileRolling(lab: LabProcess): Promise<number[]> {
  const failed: number[] = []
  for (let repetition = 1; repetition <= REPETITIONS; repetition++) {
    const { statuses } = await callsDuring(`${lab.ready.balancer}/healthz`, async () => {
      await tell(lab, 'PATCH', '/cluster', { leewaySeconds: repetition })
    })
    failed.push(statuses.filter((status) => status !== 200).length)
  }
  return failed
}

/** Nodes started, killed and replaced in the built lab, under load from this process. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = choices()
  const one = await startLabProcess('--nodes', '1')
  const many = await startLabProcess('--nodes', String(MANY))
  try {
    const { milliseconds, mebibytes } = await nodeStarts(one)
    rows.push(row('a node added: from the order until it listens', milliseconds, ' ms', ['<=', 100]))
    rows.push(row('a node: heap and external memory of its thread', mebibytes, ' MiB', ['<=', 22]))
    rows.push(
      row(`requests a second, ${MANY} nodes : 1 node, through the recording balancer`, await throughput(one, many), '', ['>=', 0.45]),
    )
    const { nextAnswerMs, failed } = await afterKill(many)
    rows.push(row('a node killed: until the next good answer', nextAnswerMs, ' ms', ['<=', 50]))
    rows.push(row('a node killed: requests that failed, of 4 in flight', failed, '', ['<=', 4]))
    rows.push(row(`rolling restart of ${MANY} nodes under load: requests that failed`, await failedWhileRolling(many), '', ['<=', 0]))
  } finally {
    await Promise.all([one.stop(), many.stop()])
  }
  return rows
}
