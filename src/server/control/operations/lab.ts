import { readState } from '../snapshot.ts'
import { api } from './implementer.ts'
import { resetLab } from './reset-lab.ts'

/** Operations on the lab as a whole. */
export const lab = api.lab.router({
  get: api.lab.get.handler(({ context }) => readState(context.lab)),
  reset: api.lab.reset.handler(async ({ context }) => {
    // The operator's lab is meant, not that of a lesson.
    const lab = await context.lab.lessons.outside()
    await resetLab(lab)
    return readState(lab)
  }),
  setRecording: api.lab.setRecording.handler(({ context: { lab }, input }) => {
    const wasOn = lab.recorder.recording().isOn
    const recording = lab.recorder.setRecording(input)
    if (input.capacity !== undefined) lab.keepCapacity(input.capacity)
    if (recording.isOn !== wasOn) lab.note(recording.isOn ? 'recording-resumed' : 'recording-paused')
    return recording
  }),
})
