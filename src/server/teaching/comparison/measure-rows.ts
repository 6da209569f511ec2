import type { Compared, ComparedCells } from '../../../contract/comparison.ts'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import type { Verdict } from '../../../contract/verdict.ts'
import { Meter } from '../../cluster/upstream.ts'
import { tableOctets } from '../../storage/table-octets.ts'
import type { ApartStage } from '../lesson-stage.ts'
import { BenchClients, type Held } from './bench-client.ts'

/** A multiple of the nodes, so that each gets as many. */
export const SCALING_CALLS = 120
/** Cookies forged with the leaked secret. */
export const FORGED_SESSIONS = 240
/** Calls whose time is taken, one after the other. */
export const TIMED_CALLS = 100
const WARM_UP_CALLS = 15
/** Nodes of the lab that is measured on. */
export const NODES = 3
const MISSED_NODE = 'node-3'

const idsOf = (sent: readonly ExchangeSummary[]): string[] => sent.map(({ id }) => id)
const isLetIn = ({ status }: ExchangeSummary): boolean => status !== null && status < 400
const refusedOf = (sent: readonly ExchangeSummary[]): ExchangeSummary[] => sent.filter((exchange) => !isLetIn(exchange))
const verdictOf = ([first]: readonly ExchangeSummary[]): Verdict | null => first?.verdict ?? null

/** Another one begins each time: what a call leaves to be done behind it falls on whichever comes next. */
const beginningAt = <T>(turn: readonly T[], place: number): T[] => {
  const first = place % turn.length
  return [...turn.slice(first), ...turn.slice(0, first)]
}

interface Uses {
  readonly reads: number
  readonly writes: number
}

const seriesOf = (sent: readonly ExchangeSummary[]): ComparedCells['scaling']['sound'] => {
  const refused = refusedOf(sent)
  return { refused: refused.length, verdict: verdictOf(refused), exchanges: idsOf(sent) }
}

/** Measures the rows of the comparison on a lab of its own. */
export class RowMeasure {
  readonly #stage: ApartStage
  readonly clients: BenchClients

  constructor(stage: ApartStage) {
    this.#stage = stage
    this.clients = new BenchClients(stage)
  }

  async storage(compared: Compared): Promise<ComparedCells['storage']> {
    const before = await this.#octets()
    const login = await this.clients.login(compared)
    const after = await this.#octets()
    const call = await this.clients.call(compared)
    const held = await this.clients.held(compared)
    const tables = [...after].map(([table, { rows, bytes }]) => {
      const was = before.get(table)
      return { table, rows: rows - (was?.rows ?? 0), bytes: bytes - (was?.bytes ?? 0) }
    })
    return {
      credentialBytes: held.value.length + (held.cookie === null ? 0 : held.cookie.length + 1),
      refreshBytes: held.refreshBytes,
      tables: tables.filter(({ rows, bytes }) => rows > 0 && bytes > 0),
      exchanges: idsOf([login, call]),
    }
  }

  /**
   * Times each of them by turns, so that what else the machine does falls on all alike. All have to be logged in.
   * @param others are called by turns, too: the nodes have the same work whichever mechanisms are timed
   */
  async fits(compared: readonly Compared[], others: readonly Compared[]): Promise<Map<Compared, ComparedCells['fits']>> {
    const turn = [...compared, ...others]
    for (let call = 0; call < WARM_UP_CALLS; call++) for (const each of turn) await this.clients.call(each)
    // What came before is written by threads of their own: they would take the time of the first calls.
    await this.#stage.lab.cluster.flush()
    await this.#stage.lab.recorder.summaries({ limit: 1 })
    const timed = new Map<Compared, ExchangeSummary[]>(turn.map((each) => [each, []]))
    for (let call = 0; call < TIMED_CALLS; call++) {
      for (const each of beginningAt(turn, call)) timed.get(each)?.push(await this.clients.call(each))
    }
    const cells = new Map<Compared, ComparedCells['fits']>()
    for (const each of compared) cells.set(each, await this.#fitOf(each, timed.get(each) ?? []))
    return cells
  }

  async #fitOf(compared: Compared, sent: readonly ExchangeSummary[]): Promise<ComparedCells['fits']> {
    const meter = new Meter()
    for (const { durationMs } of sent) meter.add(durationMs ?? 0)
    const { p50Ms, p95Ms } = meter.percentiles()
    const wire = sent.reduce((sum, { requestBytes, responseBytes }) => sum + requestBytes + responseBytes, 0)
    const before = await this.#uses()
    const counted = await this.clients.calls(compared, NODES * 10)
    const after = await this.#uses()
    return {
      calls: sent.length,
      p50Ms: p50Ms ?? 0,
      p95Ms: p95Ms ?? 0,
      storeReads: (after.reads - before.reads) / counted.length,
      storeWrites: (after.writes - before.writes) / counted.length,
      credentialBytes: this.clients.headerBytes(await this.clients.held(compared)),
      wireBytes: wire / sent.length,
      exchanges: idsOf(sent),
    }
  }

  /** It has to be logged in. */
  async callsByTurns(compared: Compared): Promise<ComparedCells['scaling']['sound']> {
    return seriesOf(await this.clients.calls(compared, SCALING_CALLS))
  }

  /** One node misses a rotation; the token is signed with the new key. */
  async callsWithMissedKey(compared: readonly Compared[]): Promise<Map<Compared, ComparedCells['scaling']['broken']>> {
    const { nodes, keys } = this.#stage.operations
    await nodes.change({ id: MISSED_NODE, jwksFrozen: true })
    const { kid } = await keys.rotate({})
    const cells = new Map<Compared, ComparedCells['scaling']['broken']>()
    for (const each of compared) {
      // The node that missed it goes on signing with the key before.
      for (let login = 0; login < NODES; login++) {
        await this.clients.login(each)
        if (this.clients.kidOf(await this.clients.held(each)) === kid) break
      }
      cells.set(each, await this.callsByTurns(each))
    }
    await nodes.change({ id: MISSED_NODE, jwksFrozen: false })
    return cells
  }

  /** Logs out and sends the copy again: to each node, then, of a token, just before its `exp` and at it. */
  async revocation(compared: Compared): Promise<ComparedCells['revocation']> {
    await this.clients.login(compared)
    const held = await this.clients.held(compared)
    const before = await this.clients.sendCopy(held)
    const began = performance.now()
    const logout = await this.clients.logout(compared)
    const replays: ExchangeSummary[] = []
    let firstRefusedMs: number | null = null
    for (let replay = 0; replay < NODES; replay++) {
      const sent = await this.clients.sendCopy(held)
      replays.push(sent)
      if (!isLetIn(sent)) firstRefusedMs ??= performance.now() - began
    }
    const late = refusedOf(replays).length > 0 ? null : await this.#untilExpiry(held)
    const all = [...replays, ...(late?.exchanges ?? [])]
    return {
      replays: replays.length,
      accepted: replays.length - refusedOf(replays).length,
      firstRefusedMs,
      acceptedForMs: late ? late.endMs - logout.labTime : 0,
      verdict: verdictOf(refusedOf(all)),
      exchanges: idsOf([before, logout, ...all]),
    }
  }

  /** The lab clock is stopped just before `exp`, and then at it. */
  async #untilExpiry(held: Held): Promise<{ endMs: number; exchanges: ExchangeSummary[] }> {
    const { clock } = this.#stage.operations
    const endMs = this.clients.expiryOf(held)
    await clock.pause({ paused: true })
    const sendAt = async (labTimeMs: number): Promise<ExchangeSummary> => {
      const now = await clock.get()
      await clock.set({ offsetMs: Math.ceil(now.offsetMs + labTimeMs - now.labTime) })
      return this.clients.sendCopy(held)
    }
    const exchanges = [await sendAt(endMs - 1000), await sendAt(endMs)]
    await clock.pause({ paused: false })
    await clock.set({ offsetMs: 0 })
    const lastAccepted = exchanges.filter(isLetIn).at(-1)
    return { endMs: lastAccepted ? endMs : (exchanges[0]?.labTime ?? endMs), exchanges }
  }

  /** Forges with what signs cookies or tokens, as whoever stole it could; then replaces it at once. */
  async exposure(compared: Compared): Promise<ComparedCells['exposure']> {
    await this.clients.login(compared)
    const held = await this.clients.held(compared)
    const isSession = compared === 'session'
    const path = isSession ? '/me' : '/admin/users'
    const forged = isSession ? this.clients.forgeSessions(FORGED_SESSIONS) : Array<string>(NODES).fill(await this.clients.forgeAdmin(held))
    const tries = await this.clients.sendAll(held, forged, path)
    await this.#stage.operations.keys.rotate({ emergency: true, ...(isSession && { cookieSecret: true }) })
    const late = await this.clients.sendCopy(held, forged[0], path)
    const genuine = await this.clients.sendCopy(held)
    const first = tries.findIndex(isLetIn)
    return {
      secret: isSession ? 'cookie-secret' : 'signing-key',
      tries: tries.length,
      letIn: tries.filter(isLetIn).length,
      firstLetIn: first === -1 ? null : first + 1,
      verdict: verdictOf(refusedOf(tries)),
      afterRotation: { forged: late.verdict ?? 'not-auth', genuine: genuine.verdict ?? 'not-auth' },
      exchanges: idsOf([...tries, late, genuine]),
    }
  }

  /** After what the nodes still have to write is written. */
  async #octets() {
    await this.#stage.lab.cluster.flush()
    return tableOctets(this.#stage.databaseFile)
  }

  async #uses(): Promise<Uses> {
    const { cluster } = this.#stage.lab
    await cluster.flush()
    await cluster.measure()
    const nodes = cluster.nodes()
    const sum = (of: (node: (typeof nodes)[number]) => number): number => nodes.reduce((total, node) => total + of(node), 0)
    return { reads: sum(({ storeReads, revocationReads }) => storeReads + revocationReads), writes: sum(({ storeWrites }) => storeWrites) }
  }
}
