import type { Mark } from './marks.ts'
import type { Participant } from './sequence.ts'
import { fitted, widthOf } from './text-fit.ts'

/** Where a participant's lifeline runs. */
export interface Lane {
  readonly x: number
  readonly participant: Participant
}

/** Measures of the heads, pixels. */
export const LANE = { headPx: 44, boxPx: 34, leastBoxPx: 64, mostBoxPx: 132, gapPx: 10, edgePx: 6 } as const

const NAME = { sizePx: 11.5, isMono: false } as const
const DETAIL = { sizePx: 11, isMono: false } as const

const styleOf = ({ kind }: Participant): { sizePx: number; isMono: boolean } => ({ ...NAME, isMono: kind === 'node' })

function boxWidthOf(participant: Participant): number {
  const widest = Math.max(widthOf(participant.name, styleOf(participant)), widthOf(participant.detail ?? '', DETAIL))
  return Math.min(LANE.mostBoxPx, Math.max(LANE.leastBoxPx, Math.ceil(widest * 1.05) + 12))
}

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
  const widths = participants.map(boxWidthOf)
  const needed = widths.reduce((sum, width) => sum + width, 0) + LANE.gapPx * Math.max(0, widths.length - 1) + 2 * LANE.edgePx
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
