import type { Mark, Paint, Scene } from '../../ui/picture/marks.ts'
import { fitted, wrapped } from '../../ui/picture/text-fit.ts'
import { LINKS, PHASES, type Phase, type Side } from './flow.ts'
import { type Box, FLOW, type FlowLayout, flowLayout } from './flow-layout.ts'
import { type LitFlow, linkId } from './lit.ts'

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

function drawBox({ stage, x, y, width, height }: Box, lit: LitFlow, words: FlowWords): Mark[] {
  const found = lit.stages.get(stage.id)
  const accent = accentOf(stage.side)
  const fill: Paint = found && accent ? `${accent}-tint` : found ? 'sunk' : 'panel'
  const stroke: Paint = found ? (found.tone === 'no' ? 'no' : solidOf(stage.side)) : 'line-2'
  const aside = found ? (found.note ?? (found.durationUs === null ? null : words.duration(found.durationUs))) : null
  const room = width - 20 - (found ? SIGN_PX : 0) - (aside === null ? 0 : TIME_PX)
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
  if (aside !== null) {
    const fit = fitted(aside, TIME_PX, { sizePx: 11, isMono: true })
    marks.push(text({ x: x + width - 30, y: y + height / 2 + 4, text: fit, sizePx: 11, anchor: 'middle', isMono: true, paint: 'ink-2' }))
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
  const above = to.y - (isSession ? 8 : 13)
  const turn = below + (isSession ? 12 : 6)
  const end = to.x + to.width / 2
  return `M${start} ${below}V${turn}H${lane}V${above}H${end}V${to.y}`
}

interface Line {
  readonly d: string
  readonly side: Side
  readonly isLit: boolean
  /** Where it ends; with an arrow head when it comes in from above. */
  readonly end: { readonly x: number; readonly y: number; readonly isDown: boolean }
}

function lineOf([fromId, toId]: readonly [string, string], layout: FlowLayout, lit: LitFlow): Line | null {
  const [from, to] = [layout.boxes.get(fromId), layout.boxes.get(toId)]
  if (!from || !to) return null
  const side = from.stage.side === 'both' ? to.stage.side : from.stage.side
  const isLit = lit.links.has(linkId(fromId, toId))
  const x = middleOf(from, side, layout)
  const end = { x: from.stage.phase === to.stage.phase ? x : to.x + to.width / 2, y: to.y, isDown: true }
  const d = from.stage.phase === to.stage.phase ? `M${x} ${from.y + from.height}V${to.y}` : pathAcross(from, to, layout)
  return { d, side, isLit, end }
}

/** From where an exchange left the flow, past all that did not run any more, to the answer. */
function shortcut(layout: FlowLayout, lit: LitFlow): Line | null {
  const from = layout.boxes.get(lit.leftFrom ?? '')
  const to = layout.boxes.get('answer')
  if (!from || !to) return null
  const isLeft = from.stage.side === 'session'
  const [start, x] = isLeft ? [from.x, to.x] : [from.x + from.width, to.x + to.width]
  const lane = isLeft ? start - 10 : start + 10
  const y = to.y + to.height / 2
  return { d: `M${start} ${from.y + from.height / 2}H${lane}V${y}H${x}`, side: from.stage.side, isLit: true, end: { x, y, isDown: false } }
}

function drawLine({ d, side, isLit, end: { x, y, isDown } }: Line): Mark[] {
  const paint: Paint = isLit ? solidOf(side) : 'line-3'
  const line: Mark = { shape: 'path', d, stroke: paint, fill: null, widthPx: isLit ? 2 : 1 }
  if (!isDown) return [line]
  return [line, { shape: 'path', d: `M${x - 4} ${y - 6}L${x} ${y}L${x + 4} ${y - 6}Z`, stroke: null, fill: paint, widthPx: 0 }]
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
export function flowScene(lit: LitFlow, words: FlowWords, availablePx: number): Scene {
  const layout = flowLayout(availablePx)
  const lines = LINKS.flatMap((link) => lineOf(link, layout, lit) ?? [])
  const short = shortcut(layout, lit)
  const dark = lines.filter(({ isLit }) => !isLit)
  const bright = [...lines.filter(({ isLit }) => isLit), ...(short ? [short] : [])]
  const boxes = [...layout.boxes.values()].flatMap((box) => drawBox(box, lit, words))
  const body = [...[...dark, ...bright].flatMap(drawLine), ...boxes, ...drawHeads(layout, words)]
  return { widthPx: layout.widthPx, headHeightPx: 0, bodyHeightPx: layout.heightPx, head: [], body }
}
