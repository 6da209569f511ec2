import type { Mark } from '../../../ui/picture/marks.ts'
import { fitted, widthOf } from '../../../ui/picture/text-fit.ts'
import type { Participant } from './sequence.ts'

/** Where a participant's lifeline runs. */
export interface Lane {
  readonly x: number
  readonly participant: Participant
}

/** Measures of the heads, pixels. */
export const LANE = { headPx: 44, boxPx: 34, leastBoxPx: 64, gapPx: 10, edgePx: 6 } as const
/** The widest that a box may be, widest first: names are cut shorter where that spares the reader the scrolling. */
const CAPS_PX = [132, 112, 96] as const

const NAME = { sizePx: 11.5, isMono: false } as const
const DETAIL = { sizePx: 11, isMono: false } as const

const styleOf = ({ kind }: Participant): { sizePx: number; isMono: boolean } => ({ ...NAME, isMono: kind === 'node' })

function boxWidthOf(participant: Participant, capPx: number): number {
  const widest = Math.max(widthOf(participant.name, styleOf(participant)), widthOf(participant.detail ?? '', DETAIL))
  return Math.min(capPx, Math.max(LANE.leastBoxPx, Math.ceil(widest * 1.05) + 12))
}

const neededPx = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + LANE.gapPx * Math.max(0, widths.length - 1) + 2 * LANE.edgePx

/** A head: its box, its name, and what it is built with. An attacker's is inverted. */
function headOf({ x, participant }: Lane, width: number): Mark[] {
  const isAttacker = participant.kind === 'attacker'
  const style = styleOf(participant)
  const top = (LANE.headPx - LANE.boxPx) / 2
  const text = { shape: 'text', x, anchor: 'middle', hasHalo: false } as const
  const name: Mark = {
    ...text,
    y: participant.detail === null ? top + 21 : top + 15,
    text: fitted(participant.name, width - 8, style),
    sizePx: style.sizePx,
    isMono: style.isMono,
    isBold: true,
    paint: isAttacker ? 'inv' : 'ink',
  }
  const detail: Mark[] =
    participant.detail === null
      ? []
      : [
          {
            ...text,
            y: top + 28,
            text: fitted(participant.detail, width - 8, DETAIL),
            sizePx: DETAIL.sizePx,
            isMono: false,
            isBold: false,
            paint: 'ink-2',
          },
        ]
  const box: Mark = {
    shape: 'rect',
    x: x - width / 2,
    y: top,
    width,
    height: LANE.boxPx,
    radius: 6,
    fill: isAttacker ? 'ink' : 'sunk',
    stroke: isAttacker ? 'ink' : 'line-3',
  }
  return [box, name, ...detail]
}

/** Puts the participants side by side. @param availablePx where there is more room than needed, they share it */
export function lanesOf(
  participants: readonly Participant[],
  availablePx: number,
): { readonly lanes: ReadonlyMap<string, Lane>; readonly widthPx: number; readonly head: Mark[] } {
  const attempts = CAPS_PX.map((capPx) => participants.map((participant) => boxWidthOf(participant, capPx)))
  const widths = attempts.find((attempt) => neededPx(attempt) <= availablePx) ?? attempts[0] ?? []
  const needed = neededPx(widths)
  const widthPx = Math.max(needed, Math.floor(availablePx))
  const spare = widths.length > 1 ? (widthPx - needed) / (widths.length - 1) : 0
  const lanes = new Map<string, Lane>()
  const head: Mark[] = []
  let left = widths.length > 1 ? LANE.edgePx : (widthPx - (widths[0] ?? 0)) / 2
  participants.forEach((participant, index) => {
    const width = widths[index] ?? 0
    const lane = { x: Math.round(left + width / 2), participant }
    lanes.set(participant.id, lane)
    head.push(...headOf(lane, width))
    left += width + LANE.gapPx + spare
  })
  return { lanes, widthPx, head }
}
