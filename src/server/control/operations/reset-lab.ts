import type { LabParts } from '../lab-parts.ts'
import { readClock } from '../snapshot.ts'

/** Back to the starting state: real time, all nodes up, starting accounts and clients, no sessions, no traffic. */
export async function resetLab(lab: LabParts): Promise<void> {
  await lab.clients.reset()
  lab.clock.toRealTime()
  await lab.cluster.reset()
  await lab.recorder.clear()
  lab.recorder.setRecording({ on: true, capacity: lab.captureCapacity })
  lab.note('lab-reset')
  lab.log.publish({ type: 'clock', clock: readClock(lab.clock) })
  lab.log.publish({ type: 'resync' })
}
