import type { LabChange } from '../contract/events.ts'
import type { OperatorAction } from '../contract/lab.ts'
import type { Step } from '../contract/step.ts'
import type { LabClock } from './clock.ts'
import type { NodeTrace } from './cluster/node-messages.ts'
import { EventLog } from './control/event-log.ts'
import type { Recorder } from './traffic/recorder.ts'

/** Turns what happens in the lab into numbered events. */
export class Announcer {
  readonly log = new EventLog()
  readonly #clock: LabClock
  /** Null until the recorder runs. */
  recorder: Recorder | null = null

  constructor(clock: LabClock) {
    this.#clock = clock
  }

  readonly publish = (change: LabChange): void => {
    this.log.publish(change)
    const isCountChanged = change.type === 'traffic-trimmed' || change.type === 'traffic-cleared'
    if (isCountChanged && this.recorder) this.log.publish({ type: 'recording', recording: this.recorder.recording() })
  }

  readonly trace = (trace: NodeTrace): void => {
    this.recorder?.addTrace(trace)
    for (const session of trace.sessions) this.log.publish({ type: 'session', session })
    for (const id of trace.endedSessions) this.log.publish({ type: 'session-removed', id })
  }

  /** A trace of a node that may keep its sessions elsewhere: it is told what the lab's own store agrees with, and nothing while that cannot be asked. */
  readonly remoteTrace = (trace: NodeTrace, isKnown: (sessionId: string) => Promise<boolean>): void => {
    this.trace({ ...trace, sessions: [], endedSessions: [] })
    const announce = (id: string, isThere: boolean, change: LabChange): void => {
      isKnown(id).then(
        (known) => {
          if (known === isThere) this.log.publish(change)
        },
        () => undefined,
      )
    }
    for (const session of trace.sessions) announce(session.id, true, { type: 'session', session })
    for (const id of trace.endedSessions) announce(id, false, { type: 'session-removed', id })
  }

  readonly untraced = (exchangeId: string, step: Step): void => this.recorder?.missTrace(exchangeId, step)

  readonly note = (action: OperatorAction['action'], params: OperatorAction['params'] = {}): void => {
    this.recorder?.recordAction({ at: Date.now(), labTime: this.#clock.nowMs(), action, params })
  }
}
