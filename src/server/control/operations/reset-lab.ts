import type { LabParts } from '../lab-parts.ts'
import { readClock } from '../snapshot.ts'

const running = new WeakMap<LabParts['log'], Promise<void>>()

/** Back to the starting state: real time, as many nodes as at the start with new keys, starting accounts and clients, no sessions, no traffic. Asked twice at once, it runs once. */
export function resetLab(lab: LabParts): Promise<void> {
  const current = running.get(lab.log) ?? reset(lab).finally(() => running.delete(lab.log))
  running.set(lab.log, current)
  return current
}

async function reset(lab: LabParts): Promise<void> {
  await lab.clients.reset()
  lab.clock.toRealTime()
  // A token from before would otherwise stay good until it expires.
  await lab.keys.renew()
  await lab.cluster.reset({ keys: lab.keys.target, ...(await lab.settings.reset()), weaknesses: [] })
  lab.weaknesses.clear()
  // They may have been rotated meanwhile.
  await lab.cluster.setKeys(lab.keys.target)
  await lab.credentials.clear()
  await lab.recorder.clear()
  lab.recorder.setRecording({ on: true, capacity: lab.captureCapacity })
  lab.keepCapacity(lab.captureCapacity)
  await lab.attackerSite.set(false)
  lab.note('lab-reset')
  lab.log.publish({ type: 'clock', clock: readClock(lab.clock) })
  lab.log.publish({ type: 'resync' })
}
