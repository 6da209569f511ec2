import { useRef } from 'react'

/** Height of every line of a grid, CSS pixels. */
export const LINE_HEIGHT_PX = 24
/** Height of the sticky head of a grid, CSS pixels. */
export const HEAD_HEIGHT_PX = 27
/** Lines that are drawn beyond what is in view. */
export const OVERSCAN = 6

const SLOT_STEP = 16

/** How many lines a key moves, without limit for Home and End; null for keys that do not move. */
export function stepOf(key: string, page: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  }
  return steps[key] ?? null
}

/** A number from 0 to `max`. */
export const clamp = (value: number, max: number): number => Math.max(0, Math.min(max, value))

/** How many lines a page key moves in a grid of this height. */
export const pageOf = (scroller: HTMLElement | null): number => Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / LINE_HEIGHT_PX) - 2)

/** Scrolls as little as brings a line into view, below the head. */
export function showLine(scroller: HTMLElement | null, line: number): void {
  if (!scroller) return
  const top = line * LINE_HEIGHT_PX
  const room = scroller.clientHeight - HEAD_HEIGHT_PX - LINE_HEIGHT_PX
  if (top < scroller.scrollTop) scroller.scrollTop = top
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room
}

/**
 * How many elements the lines share: those that scroll out give theirs to those that scroll in, as changing texts is cheaper than
 * making elements. The number only grows, for a change of it makes all of them anew.
 */
export function useSlots(lines: number): number {
  const most = useRef(0)
  most.current = Math.max(most.current, Math.ceil(lines / SLOT_STEP) * SLOT_STEP)
  return most.current
}

interface Drawn {
  readonly index: number
}

/** Lines in the order of the page. While scrolling the elements stay where they are, since each that moves is laid out anew; at rest they stand in reading order. */
export const inDrawingOrder = <T extends Drawn>(lines: readonly T[], slots: number, isScrolling: boolean): readonly T[] =>
  isScrolling ? lines.toSorted((a, b) => (a.index % slots) - (b.index % slots)) : lines
