import { type Phase, STAGES, type Stage } from './flow.ts'

/** A box of the picture, pixels from its top left. */
export interface Box {
  readonly stage: Stage
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Measures of the picture, pixels. */
export const FLOW = { boxHeight: 40, gapX: 14, gapY: 18, phaseGap: 56, headHeight: 50, edge: 14, leastBox: 132, mostBox: 236 } as const

/** Where each part begins: its column of columns, and how many rows stand above it there. */
const PLACES: Readonly<Record<Phase, { readonly column: 0 | 1; readonly rowsAbove: number }>> = {
  login: { column: 0, rowsAbove: 0 },
  request: { column: 1, rowsAbove: 0 },
  later: { column: 0, rowsAbove: 5 },
}

/** Where everything stands. */
export interface FlowLayout {
  readonly widthPx: number
  readonly heightPx: number
  readonly boxes: ReadonlyMap<string, Box>
  /** Left edge and width of each part, and the y of its heading's base line. */
  readonly phases: ReadonlyMap<Phase, { readonly x: number; readonly width: number; readonly y: number }>
  /** Width of a box of one side. */
  readonly boxWidthPx: number
}

const boxWidthOf = (availablePx: number): number => {
  const fixed = 2 * FLOW.edge + 2 * FLOW.gapX + FLOW.phaseGap
  return Math.round(Math.max(FLOW.leastBox, Math.min(FLOW.mostBox, (availablePx - fixed) / 4)))
}

const rowsOf = (phase: Phase): number => Math.max(...STAGES.filter((stage) => stage.phase === phase).map(({ row }) => row)) + 1

/** Puts the stages in two columns a part. @param availablePx the boxes share this width as far as they may */
export function flowLayout(availablePx: number): FlowLayout {
  const boxWidthPx = boxWidthOf(availablePx)
  const phaseWidth = 2 * boxWidthPx + FLOW.gapX
  const pitch = FLOW.boxHeight + FLOW.gapY
  const topOf = (phase: Phase): number => {
    const { rowsAbove } = PLACES[phase]
    return FLOW.headHeight + (rowsAbove === 0 ? 0 : rowsAbove * pitch + FLOW.headHeight)
  }
  const leftOf = (phase: Phase): number => FLOW.edge + PLACES[phase].column * (phaseWidth + FLOW.phaseGap)
  const boxes = new Map<string, Box>()
  for (const stage of STAGES) {
    const x = leftOf(stage.phase) + (stage.side === 'jwt' ? boxWidthPx + FLOW.gapX : 0)
    const width = stage.side === 'both' ? phaseWidth : boxWidthPx
    boxes.set(stage.id, { stage, x, y: topOf(stage.phase) + stage.row * pitch, width, height: FLOW.boxHeight })
  }
  const names = Object.keys(PLACES) as Phase[]
  const phases = new Map(names.map((phase) => [phase, { x: leftOf(phase), width: phaseWidth, y: topOf(phase) - 30 }] as const))
  const heightPx = Math.max(...names.map((phase) => topOf(phase) + rowsOf(phase) * pitch)) + FLOW.edge
  return { widthPx: 2 * FLOW.edge + 2 * phaseWidth + FLOW.phaseGap, heightPx, boxes, phases, boxWidthPx }
}
