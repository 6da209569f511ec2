import type { Mark, Paint, Scene } from '../../../ui/picture/marks.ts'
import { widthOf, wrapped } from '../../../ui/picture/text-fit.ts'
import { LANE, type Lane, lanesOf } from './lanes.ts'
import type { Message, Opening, Remark, Sequence } from './sequence.ts'
import { remarkLine } from './sequence.ts'

const LINE_PX = 15
const GAP_PX = 9
const EDGE_PX = 6
const LABEL = { sizePx: 11, isMono: false } as const
const LABEL_WIDTH_PX = 220
const NOTE_WIDTH_PX = 168
const NOTE_PADDING_PX = 8
const LOOP_PX = { width: 22, height: 12 } as const
const ARROW_PX = { length: 7, half: 3.5 } as const
const OPENING_PX = 22
const LONG_PX = 180

const VERDICT: Readonly<Record<NonNullable<Message['tone']>, Paint>> = { ok: 'ok', no: 'no', neutral: 'ink' }
const STROKE = { ses: 'ses-solid', jwt: 'jwt-solid', plain: 'ink-2' } as const
const WORDS = { ses: 'ses', jwt: 'jwt', plain: 'ink-2' } as const
const GROUND = { ses: 'ses-tint', jwt: 'jwt-tint', plain: 'sunk' } as const

interface LabelLine {
  readonly text: string
  readonly paint: Paint
  readonly isBold: boolean
}

/** Where the next thing is drawn, and onto what. */
interface Pen {
  readonly marks: Mark[]
  readonly lanes: ReadonlyMap<string, Lane>
  readonly widthPx: number
  y: number
}

const within = (x: number, halfPx: number, widthPx: number): number => Math.max(EDGE_PX + halfPx, Math.min(widthPx - EDGE_PX - halfPx, x))

const xOf = (pen: Pen, id: string): number => pen.lanes.get(id)?.x ?? 0

/** Over the middle of its arrow; over the left end of one that is longer than what the eye, or the pane, holds at once. */
function drawLines(pen: Pen, lines: readonly LabelLine[], from: number, to: number): void {
  const half = Math.max(...lines.map(({ text }) => widthOf(text, LABEL))) / 2
  const middle = Math.abs(to - from) > LONG_PX ? Math.min(from, to) + half + 10 : (from + to) / 2
  const x = within(middle, half, pen.widthPx)
  for (const { text, paint, isBold } of lines) {
    pen.y += LINE_PX
    pen.marks.push({
      shape: 'text',
      x,
      y: pen.y - 4,
      text,
      sizePx: LABEL.sizePx,
      anchor: 'middle',
      isMono: false,
      isBold,
      paint,
      hasHalo: true,
    })
  }
}

function labelOf({ lines, tone, way }: Message): LabelLine[] {
  const paint: Paint = tone ? VERDICT[tone] : way === 'reply' ? 'ink-2' : 'ink'
  return lines.flatMap((line, index) =>
    wrapped(line, LABEL_WIDTH_PX, LABEL, 2).map((text) => ({
      text,
      paint: index === 0 ? paint : 'ink-2',
      isBold: index === 0 && (way !== 'reply' || tone !== null),
    })),
  )
}

/** The end of an arrow: filled, or a cross where nothing arrived, or open where nobody waits. */
function headOf(message: Message, x: number, y: number, direction: 1 | -1): Mark {
  const { length, half } = ARROW_PX
  const paint = STROKE[message.accent]
  const back = x - direction * length
  if (message.way === 'lost') {
    const from = x - direction * 14
    const d = `M${from - 4} ${y - 4}l8 8M${from + 4} ${y - 4}l-8 8`
    return { shape: 'path', d, stroke: 'ink', fill: null, widthPx: 1.75 }
  }
  const d = `M${back} ${y - half}L${x} ${y}L${back} ${y + half}`
  return message.way === 'later'
    ? { shape: 'path', d, stroke: paint, fill: null, widthPx: 1.5 }
    : { shape: 'path', d: `${d}Z`, stroke: null, fill: paint, widthPx: 0 }
}

function drawLoop(pen: Pen, message: Message): void {
  const x = xOf(pen, message.from)
  const isLeft = x + LOOP_PX.width + 4 > pen.widthPx - EDGE_PX
  const direction = isLeft ? -1 : 1
  drawLines(pen, labelOf(message), x, x)
  const top = pen.y + 3
  const side = x + direction * LOOP_PX.width
  const bottom = top + LOOP_PX.height
  const paint = STROKE[message.accent]
  pen.marks.push({ shape: 'path', d: `M${x} ${top}H${side}V${bottom}H${x}`, stroke: paint, fill: null, widthPx: 1.5 })
  pen.marks.push(headOf(message, x, bottom, isLeft ? 1 : -1))
  pen.y = bottom + GAP_PX
}

function drawMessage(pen: Pen, message: Message): void {
  if (message.from === message.to) {
    drawLoop(pen, message)
    return
  }
  const [from, to] = [xOf(pen, message.from), xOf(pen, message.to)]
  const direction = to > from ? 1 : -1
  drawLines(pen, labelOf(message), from, to)
  const y = pen.y + 3
  const isCut = message.way === 'lost'
  const dash = message.way === 'reply' ? '4 3' : message.way === 'later' ? '1.5 3' : null
  const end = isCut ? to - direction * 18 : to - direction * 2
  pen.marks.push({ shape: 'line', x1: from, y1: y, x2: end, y2: y, paint: STROKE[message.accent], widthPx: 1.5, dash })
  pen.marks.push(headOf(message, to, y, direction))
  pen.y = y + GAP_PX
}

function drawRemark(pen: Pen, remark: Remark): void {
  const lines = remark.lines.flatMap((line) =>
    wrapped(remarkLine(line), NOTE_WIDTH_PX, LABEL).map((text) => ({ text, isFail: line.outcome === 'fail' })),
  )
  const width = Math.max(...lines.map(({ text }) => widthOf(text, LABEL))) + 2 * NOTE_PADDING_PX
  const x = within(xOf(pen, remark.over), width / 2, pen.widthPx)
  const height = lines.length * LINE_PX + 8
  pen.marks.push({ shape: 'rect', x: x - width / 2, y: pen.y + 3, width, height, radius: 4, fill: 'sunk', stroke: 'line-2' })
  lines.forEach(({ text, isFail }, index) => {
    const y = pen.y + 3 + 15 + index * LINE_PX
    const left = x - width / 2 + NOTE_PADDING_PX
    pen.marks.push({
      shape: 'text',
      x: left,
      y,
      text,
      sizePx: LABEL.sizePx,
      anchor: 'start',
      isMono: false,
      isBold: isFail,
      paint: isFail ? 'no' : 'ink',
      hasHalo: false,
    })
  })
  pen.y += height + 3 + GAP_PX
}

function drawOpening(pen: Pen, { text, accent }: Opening): void {
  if (pen.y > GAP_PX) pen.y += GAP_PX
  const width = pen.widthPx
  pen.marks.push({ shape: 'rect', x: 0, y: pen.y, width, height: OPENING_PX, radius: 0, fill: GROUND[accent], stroke: null })
  const y = pen.y + 15
  pen.marks.push({
    shape: 'text',
    x: 10,
    y,
    text,
    sizePx: 11,
    anchor: 'start',
    isMono: true,
    isBold: true,
    paint: WORDS[accent],
    hasHalo: false,
  })
  pen.y += OPENING_PX + GAP_PX
}

/** Places everything. @param availablePx the picture is at least this wide, where its lanes then stand farther apart. */
export function sceneOf({ participants, items }: Sequence, availablePx: number): Scene {
  const { lanes, widthPx, head } = lanesOf(participants, availablePx)
  const pen: Pen = { marks: [], lanes, widthPx, y: GAP_PX }
  for (const item of items) {
    if (item.type === 'message') drawMessage(pen, item)
    else if (item.type === 'remark') drawRemark(pen, item)
    else drawOpening(pen, item)
  }
  const bodyHeightPx = pen.y + GAP_PX
  const lifelines = [...lanes.values()].map(
    ({ x }): Mark => ({ shape: 'line', x1: x, y1: 0, x2: x, y2: bodyHeightPx, paint: 'line-2', widthPx: 1, dash: '3 3' }),
  )
  const grounds = pen.marks.filter((mark) => mark.shape === 'rect' && mark.stroke === null)
  const rest = pen.marks.filter((mark) => !grounds.includes(mark))
  return { widthPx, headHeightPx: LANE.headPx, bodyHeightPx, head, body: [...lifelines, ...grounds, ...rest] }
}
