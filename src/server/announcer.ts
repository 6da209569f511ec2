import type { LabChange, ListName } from '../contract/events.ts'
import type { OperatorAction } from '../contract/lab.ts'
import type { Node } from '../contract/nodes.ts'
import type { Step } from '../contract/step.ts'
import type { LabClock } from './clock.ts'
import type { NodeTrace } from './cluster/node-messages.ts'
import { EventLog } from './control/event-log.ts'
import type { CredentialWatch } from './credentials/credential-watch.ts'
import { StaleLists } from './stale-lists.ts'
import type { Recorder } from './traffic/recorder.ts'

/** Lists of what nodes keep or judge: another store or way of revocation changes them, and a node that comes or goes with what is in its memory. */
const LISTS_OF_NODES: readonly ListName[] = ['tokens', 'families', 'denylist']

/** Turns what happens in the lab into numbered events. */
export class Announcer {
  readonly log: EventLog
  readonly #clock: LabClock
  readonly #staleLists = new StaleLists((lists) => this.log.publish({ type: 'stale', lists }))
  readonly #nodeStates = new Map<string, Node['state']>()
  /** Its lab is not the one in front: what happens in it is told nobody. */
  isSetAside = false
  /** Null until the recorder runs. */
  recorder: Recorder | null = null
  /** Null until the recorder runs. */
  credentials: CredentialWatch | null = null

  /** @param log that of the lab it stands beside */
  constructor(clock: LabClock, log = new EventLog()) {
    this.#clock = clock
    this.log = log
  }

  readonly publish = (change: LabChange): void => {
    if (!this.isSetAside) this.publishTraffic(change)
  }

  /** Of the traffic, which all labs share. */
  readonly publishTraffic = (change: LabChange): void => {
    this.log.publish(change)
    const isCountChanged = change.type === 'traffic-trimmed' || change.type === 'traffic-cleared'
    if (isCountChanged && this.recorder) this.log.publish({ type: 'recording', recording: this.recorder.recording() })
    if (change.type === 'keyring') this.stale(['keys'])
    if (change.type === 'cluster' || this.#hasNodeComeOrGone(change)) this.stale(LISTS_OF_NODES)
  }

  /** Lists that are not part of the state have changed. */
  readonly stale = (lists: readonly ListName[]): void => {
    if (!this.isSetAside) this.#staleLists.add(lists)
  }

  readonly trace = (trace: NodeTrace): void => {
    // First: the recorder forgets what it has seen of an exchange as soon as it is complete.
    this.credentials?.observe(trace, this.recorder?.seen(trace.exchangeId) ?? null)
    this.recorder?.addTrace(trace)
    for (const session of trace.sessions) this.publish({ type: 'session', session })
    for (const id of trace.endedSessions) this.publish({ type: 'session-removed', id })
  }

  /** A trace of a node that may keep its sessions elsewhere: it is told what the lab's own store agrees with, and nothing while that cannot be asked. */
  readonly remoteTrace = (trace: NodeTrace, isKnown: (sessionId: string) => Promise<boolean>): void => {
    this.trace({ ...trace, sessions: [], endedSessions: [] })
    const announce = (id: string, isThere: boolean, change: LabChange): void => {
      isKnown(id).then(
        (known) => {
          if (known === isThere) this.publish(change)
        },
        () => undefined,
      )
    }
    for (const session of trace.sessions) announce(session.id, true, { type: 'session', session })
    for (const id of trace.endedSessions) announce(id, false, { type: 'session-removed', id })
  }

  readonly untraced = (exchangeId: string, step: Step): void => this.recorder?.missTrace(exchangeId, step)

  readonly note = (action: OperatorAction['action'], params: OperatorAction['params'] = {}): void => {
    if (this.isSetAside) return
    this.recorder?.recordAction({ at: Date.now(), labTime: this.#clock.nowMs(), action, params })
    this.credentials?.audit.operator(action, params)
  }

  #hasNodeComeOrGone(change: LabChange): boolean {
    if (change.type === 'node-removed') return this.#nodeStates.delete(change.id)
    if (change.type !== 'node' || this.#nodeStates.get(change.node.id) === change.node.state) return false
    this.#nodeStates.set(change.node.id, change.node.state)
    return true
  }
}
