import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { LINE_HEIGHT_PX } from '../../ui/grid-lines.ts'
import { countUpTo, type Timeline } from './timeline.ts'

const AT_END_PX = 4

interface Follow {
  readonly isFollowing: boolean
  /** Exchanges that came after the user scrolled away from the end. */
  readonly newCount: number
  readonly onScroll: () => void
  readonly jumpToEnd: () => void
}

/**
 * Keeps the end of the traffic in view until the user scrolls up; then keeps what the user looks at in its place, also when older
 * rows leave or arrive above it.
 */
export function useFollow(scroller: RefObject<HTMLDivElement | null>, timeline: Timeline): Follow {
  const [isFollowing, setFollowing] = useState(true)
  const [leftAtSeq, setLeftAtSeq] = useState(0)
  const lastTop = useRef(0)
  const anchor = useRef<{ seq: number; offset: number } | null>(null)
  const latest = useRef(timeline)
  latest.current = timeline

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - AT_END_PX
    if (isAtEnd) setFollowing(true)
    else if (scrollTop < lastTop.current) {
      setFollowing((was) => {
        if (was) setLeftAtSeq(latest.current.rows.at(-1)?.exchange.seq ?? 0)
        return false
      })
    }
    lastTop.current = scrollTop
    anchor.current = anchorAt(latest.current, scrollTop)
  }, [scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    if (isFollowing) element.scrollTop = element.scrollHeight
    else if (anchor.current) element.scrollTop = timeline.lineOf(anchor.current.seq) * LINE_HEIGHT_PX + anchor.current.offset
    lastTop.current = element.scrollTop
  }, [scroller, timeline, isFollowing])

  // The pane was made smaller or larger: the end stays in view.
  useEffect(() => {
    const element = scroller.current
    if (!element || !isFollowing) return
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight
      lastTop.current = element.scrollTop
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller, isFollowing])

  const jumpToEnd = useCallback(() => setFollowing(true), [])
  const newCount = isFollowing ? 0 : timeline.rows.length - countUpTo(timeline.rows, leftAtSeq)
  return { isFollowing, newCount, onScroll, jumpToEnd }
}

function anchorAt(timeline: Timeline, scrollTop: number): { seq: number; offset: number } | null {
  const first = Math.floor(scrollTop / LINE_HEIGHT_PX)
  for (let line = first; line < Math.min(timeline.length, first + 50); line += 1) {
    const row = timeline.at(line)?.row
    if (row) return { seq: row.exchange.seq, offset: scrollTop - line * LINE_HEIGHT_PX }
  }
  return null
}
