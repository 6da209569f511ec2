import type { Mark, Paint, Scene } from '../../ui/picture/marks.ts'
import { fitted, wrapped } from '../../ui/picture/text-fit.ts'
import { LINKS, PHASES, type Phase, type Side } from './flow.ts'
import { type Box, FLOW, type FlowLayout, flowLayout } from './flow-layout.ts'
import type { LitStages } from './lit.ts'

/** The words of the picture. */
export interface FlowWords {
  stage(id: string): string
  phase(phase: Phase): string
  side(side: Exclude<Side, 'both'>): string
  duration(us: number): string
}

const STYLE = { sizePx: 11.5, isMono: false } as const
const ACCENTS = { session: 'ses', jwt: 'jwt' } as const
const CHECK = { ok: '✓', no: '✗', neutral: '' } as const
const SIGN_PX = 16
const TIME_PX = 48
const LINE_PX = 14

const accentOf = (side: Side): 'ses' | 'jwt' | null => (side === 'both' ? null : ACCENTS[side])
const solidOf = (side: Side): Paint => {
  const accent = accentOf(side)
  return accent ? `${accent}-solid` : 'ink-2'
}

const text = (mark: { x: number; y: number; text: string } & Partial<Extract<Mark, { shape: 'text' }>>): Mark => ({
  shape: 'text',
  sizePx: STYLE.sizePx,
  anchor: 'start',
  isMono: false,
  isBold: false,
  paint: 'ink',
  hasHalo: false,
  ...mark,
})

function drawBox({ stage, x, y, width, height }: Box, lit: LitStages, words: FlowWords): Mark[] {
  const found = lit.get(stage.id)
  const accent = accentOf(stage.side)
  const fill: Paint = found && accent ? `${accent}-tint` : found ? 'sunk' : 'panel'
  const stroke: Paint = found ? (found.tone === 'no' ? 'no' : solidOf(stage.side)) : 'line-2'
  const hasTime = found !== undefined && found.durationUs !== null
  const room = width - 20 - (found ? SIGN_PX : 0) - (hasTime ? TIME_PX : 0)
  const lines = wrapped(words.stage(stage.id), room, STYLE, 2)
  const first = y + height / 2 + 4 - ((lines.length - 1) * LINE_PX) / 2
  const left = x + 10 + (found && found.tone !== 'neutral' ? SIGN_PX : 0)
  const paint: Paint = found ? (found.tone === 'no' ? 'no' : 'ink') : 'ink-2'
  const marks: Mark[] = [{ shape: 'rect', x, y, width, height, radius: 6, fill, stroke }]
  if (found && found.tone !== 'neutral') {
    marks.push(text({ x: x + 10, y: y + height / 2 + 4, text: CHECK[found.tone], isBold: true, paint: found.tone }))
  }
  lines.forEach((line, index) => {
    marks.push(text({ x: left, y: first + index * LINE_PX, text: line, isBold: found !== undefined, paint }))
  })
  if (hasTime) {
    const time = fitted(words.duration(found.durationUs ?? 0), TIME_PX, { sizePx: 11, isMono: true })
    marks.push(text({ x: x + width - 28, y: y + height / 2 + 4, text: time, sizePx: 11, anchor: 'middle', isMono: true, paint: 'ink-2' }))
  }
  return marks
}

/** The middle of a box under the column of a side. */
function middleOf({ x, width, stage }: Box, side: Side, layout: FlowLayout): number {
  if (stage.side !== 'both' || side === 'both') return x + width / 2
  return side === 'session' ? x + layout.boxWidthPx / 2 : x + width - layout.boxWidthPx / 2
}

/** Between two parts a line goes up through the gap between them and comes in from above. */
function pathAcross(from: Box, to: Box, layout: FlowLayout): string {
  const isSession = from.stage.side === 'session'
  const start = from.x + from.width / 2
  const below = from.y + from.height
  const lane = (layout.phases.get('request')?.x ?? 0) - (isSession ? 22 : 34)
  const above = to.y - (isSession ? 8 : 14)
  const turn = below + (isSession ? 12 : 6)
  const end = to.x + to.width / 2
  return `M${start} ${below}V${turn}H${lane}V${above}H${end}V${to.y}`
}

interface Line {
  readonly d: string
  readonly side: Side
  readonly isLit: boolean
}

function lineOf([fromId, toId]: readonly [string, string], layout: FlowLayout, lit: LitStages): Line | null {
  const [from, to] = [layout.boxes.get(fromId), layout.boxes.get(toId)]
  if (!from || !to) return null
  const side = from.stage.side === 'both' ? to.stage.side : from.stage.side
  const isLit = lit.has(fromId) && lit.has(toId) && lit.get(fromId)?.tone !== 'no'
  if (from.stage.phase !== to.stage.phase) return { d: pathAcross(from, to, layout), side, isLit: false }
  const x = middleOf(from, side, layout)
  return { d: `M${x} ${from.y + from.height}V${to.y}`, side, isLit }
}

/** From the stage that refused past all that did not run any more to the answer. */
function shortcut(layout: FlowLayout, lit: LitStages): Line | null {
  const failed = [...lit].find(([id, { tone }]) => tone === 'no' && layout.boxes.get(id)?.stage.phase === 'request' && id !== 'answer')
  const from = failed && layout.boxes.get(failed[0])
  const to = layout.boxes.get('answer')
  if (!from || !to) return null
  const isLeft = from.stage.side === 'session'
  const [start, end] = isLeft ? [from.x, to.x] : [from.x + from.width, to.x + to.width]
  const lane = isLeft ? start - 9 : start + 9
  return { d: `M${start} ${from.y + from.height / 2}H${lane}V${to.y + to.height / 2}H${end}`, side: from.stage.side, isLit: true }
}

function drawLine({ d, side, isLit }: Line): Mark[] {
  return [{ shape: 'path', d, stroke: isLit ? solidOf(side) : 'line-2', fill: null, widthPx: isLit ? 2 : 1 }]
}

function drawHeads(layout: FlowLayout, words: FlowWords): Mark[] {
  return PHASES.flatMap((phase) => {
    const place = layout.phases.get(phase)
    if (!place) return []
    const second = place.x + layout.boxWidthPx + FLOW.gapX
    return [
      text({ x: place.x, y: place.y - 4, text: words.phase(phase), isBold: true, sizePx: 13 }),
      text({ x: place.x, y: place.y + 12, text: words.side('session'), sizePx: 11, isBold: true, paint: 'ses', hasHalo: true }),
      text({ x: second, y: place.y + 12, text: words.side('jwt'), sizePx: 11, isBold: true, paint: 'jwt', hasHalo: true }),
    ]
  })
}

/** The whole flow as a picture, with what an exchange lights in it. */
export function flowScene(lit: LitStages, words: FlowWords, availablePx: number): Scene {
  const layout = flowLayout(availablePx)
  const lines = LINKS.flatMap((link) => lineOf(link, layout, lit) ?? [])
  const short = shortcut(layout, lit)
  const dark = lines.filter(({ isLit }) => !isLit)
  const bright = [...lines.filter(({ isLit }) => isLit), ...(short ? [short] : [])]
  const boxes = [...layout.boxes.values()].flatMap((box) => drawBox(box, lit, words))
  const body = [...[...dark, ...bright].flatMap(drawLine), ...boxes, ...drawHeads(layout, words)]
  return { widthPx: layout.widthPx, headHeightPx: 0, bodyHeightPx: layout.heightPx, head: [], body }
}
