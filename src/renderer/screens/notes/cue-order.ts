import type { CueList } from '../../../contract/cues.ts'

/** The list with the cue at one place moved to another; the one that is on stays on. */
export function moved(list: CueList, from: number, to: number): CueList {
  const cues = [...list.cues]
  const [cue] = cues.splice(from, 1)
  if (!cue) return list
  cues.splice(to, 0, cue)
  const on = list.current === null ? null : list.cues[list.current]
  return { ...list, cues, current: on ? cues.indexOf(on) : null }
}

/** The list without one cue. */
export function without(list: CueList, place: number): CueList {
  const cues = list.cues.filter((_cue, index) => index !== place)
  const { current } = list
  const isOn = current === place
  return { ...list, cues, current: current === null || isOn ? null : current > place ? current - 1 : current }
}
