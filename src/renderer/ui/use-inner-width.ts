import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** How wide an element is inside, pixels; 0 before it is on the page. */
export function useInnerWidth(): readonly [ref: RefObject<HTMLElement | null>, widthPx: number] {
  const ref = useRef<HTMLElement>(null)
  const [widthPx, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  return [ref, widthPx]
}
