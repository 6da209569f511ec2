/** A colour by its token, so that a picture follows the theme and can be saved in the light one. */
export type Paint =
  | 'panel'
  | 'sunk'
  | 'line-2'
  | 'line-3'
  | 'ink'
  | 'ink-2'
  | 'inv'
  | 'ses'
  | 'ses-solid'
  | 'ses-tint'
  | 'jwt'
  | 'jwt-solid'
  | 'jwt-tint'
  | 'ok'
  | 'no'

interface LineMark {
  readonly shape: 'line'
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly paint: Paint
  readonly widthPx: number
  readonly dash: string | null
}

interface RectMark {
  readonly shape: 'rect'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly radius: number
  readonly fill: Paint
  readonly stroke: Paint | null
}

interface PathMark {
  readonly shape: 'path'
  readonly d: string
  readonly stroke: Paint | null
  readonly fill: Paint | null
  readonly widthPx: number
}

interface TextMark {
  readonly shape: 'text'
  readonly x: number
  /** Of the base line. */
  readonly y: number
  readonly text: string
  readonly sizePx: number
  readonly anchor: 'start' | 'middle'
  readonly isMono: boolean
  readonly isBold: boolean
  readonly paint: Paint
  /** Keeps lines that run behind it away from its letters. */
  readonly hasHalo: boolean
}

/** One thing to draw, free of any way to draw it. */
export type Mark = LineMark | RectMark | PathMark | TextMark

/** A picture: a head that can stay while the body scrolls under it. Each part starts at its own 0. */
export interface Scene {
  readonly widthPx: number
  readonly headHeightPx: number
  readonly bodyHeightPx: number
  readonly head: readonly Mark[]
  readonly body: readonly Mark[]
}

/** SVG presentation attributes by their names in SVG. */
export type Attributes = Readonly<Record<string, string | number>>

const HALO_PX = 4

/** The attributes of a mark's SVG element. @param colour how a token is written there */
export function attributesOf(mark: Mark, colour: (paint: Paint) => string): Attributes {
  switch (mark.shape) {
    case 'line': {
      const { x1, y1, x2, y2, paint, widthPx, dash } = mark
      return { x1, y1, x2, y2, stroke: colour(paint), 'stroke-width': widthPx, ...(dash !== null && { 'stroke-dasharray': dash }) }
    }
    case 'rect': {
      const { x, y, width, height, radius, fill, stroke } = mark
      return { x, y, width, height, rx: radius, fill: colour(fill), ...(stroke !== null && { stroke: colour(stroke) }) }
    }
    case 'path': {
      const { d, stroke, fill, widthPx } = mark
      return {
        d,
        fill: fill === null ? 'none' : colour(fill),
        ...(stroke !== null && { stroke: colour(stroke), 'stroke-width': widthPx }),
      }
    }
    case 'text': {
      const { x, y, sizePx, anchor, isBold, paint, hasHalo } = mark
      return {
        x,
        y,
        'font-size': sizePx,
        'font-weight': isBold ? 600 : 400,
        'text-anchor': anchor,
        fill: colour(paint),
        ...(hasHalo && { stroke: colour('panel'), 'stroke-width': HALO_PX, 'stroke-linejoin': 'round', 'paint-order': 'stroke' }),
      }
    }
  }
}
