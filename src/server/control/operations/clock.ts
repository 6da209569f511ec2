import type { Clock } from '../../../contract/clock.ts'
import type { LabParts } from '../lab-parts.ts'
import { readClock } from '../snapshot.ts'
import { api } from './implementer.ts'

/** Tells everybody the new time, and what it made of keys and of the clients' cookies. */
async function announce(lab: LabParts): Promise<Clock> {
  const clock = readClock(lab.clock)
  lab.log.publish({ type: 'clock', clock })
  await lab.keyDuty.check()
  lab.stale(['tokens', 'families', 'denylist'])
  await lab.clients.announceAll()
  return clock
}

/** Operations on the lab clock. */
export const clock = api.clock.router({
  get: api.clock.get.handler(({ context }) => readClock(context.lab.clock)),
  set: api.clock.set.handler(async ({ context: { lab }, input: { offsetMs } }) => {
    // What happened before the move is written with the time it happened at.
    await lab.cluster.flush()
    if (offsetMs === 0) {
      lab.clock.toRealTime()
      lab.note('clock-real-time')
    } else {
      lab.clock.setOffset(offsetMs)
      lab.note('clock-moved', { offsetMs })
    }
    return announce(lab)
  }),
  pause: api.clock.pause.handler(async ({ context: { lab }, input }) => {
    const isPausing = input?.paused ?? true
    if (isPausing === lab.clock.isPaused) return readClock(lab.clock)
    if (isPausing) lab.clock.pause()
    else lab.clock.resume()
    lab.note(isPausing ? 'clock-paused' : 'clock-resumed')
    return announce(lab)
  }),
})
