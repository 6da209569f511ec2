import { type CSSProperties, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import classes from './lineage.module.css'
import { edgesOf, lanesOf } from './lineage-lanes.ts'

/** One member of a lineage, or something that happened to one. */
export interface LineageItem {
  readonly id: string
  /** `id` of the item it came from; null for the first. */
  readonly parent: string | null
  readonly icon: ReactNode
  readonly title: ReactNode
  readonly details: ReactNode
  /** `live`: still good. `past`: had its time. `event`: what happened to its parent, drawn with a dashed line. */
  readonly look: 'live' | 'past' | 'event'
}

const ROW_PX = 44
const LANE_PX = 18
const MARK_PX = 20

const xOf = (lane: number): number => lane * LANE_PX + MARK_PX / 2

/** Where each line begins: one whose words do not fit into the width is higher than the others. */
function useTops(list: RefObject<HTMLOListElement | null>, count: number): readonly number[] {
  const [tops, setTops] = useState<readonly number[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line more or less is measured anew.
  useLayoutEffect(() => {
    const { current } = list
    if (!current) return undefined
    const measure = (): void => setTops([...current.children].map((line) => (line as HTMLElement).offsetTop))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [list, count])
  return tops
}

/** A family as a tree from the top down: one line a member, a line to the side where one member has two successors. */
export function Lineage({ label, items }: { readonly label: string; readonly items: readonly LineageItem[] }) {
  const lanes = useMemo(() => lanesOf(items), [items])
  const edges = useMemo(() => edgesOf(items, lanes), [items, lanes])
  const list = useRef<HTMLOListElement>(null)
  const tops = useTops(list, items.length)
  const yOf = (row: number): number => (tops[row] ?? row * ROW_PX) + MARK_PX / 2 + 4
  const width = (Math.max(0, ...lanes) + 1) * LANE_PX
  return (
    <div className={classes['lineage']} style={{ '--lanes': `${width + 8}px`, '--row': `${ROW_PX}px` } as CSSProperties}>
      <svg className={classes['edges']} width={width} height={yOf(items.length - 1) + MARK_PX} aria-hidden>
        {edges.map(({ from, to, isEvent }) => (
          <path
            key={`${from.row}-${to.row}`}
            d={`M${xOf(from.lane)} ${yOf(from.row)} C${xOf(from.lane)} ${yOf(from.row) + ROW_PX / 2} ${xOf(to.lane)} ${yOf(from.row) + ROW_PX / 4} ${xOf(to.lane)} ${Math.min(yOf(from.row) + ROW_PX - MARK_PX / 2, yOf(to.row))} V${yOf(to.row)}`}
            strokeDasharray={isEvent ? '3 3' : undefined}
          />
        ))}
      </svg>
      <ol ref={list} aria-label={label}>
        {items.map(({ id, icon, title, details, look }, row) => (
          <li key={id} className={classes[look]}>
            <span className={classes['mark']} style={{ left: xOf(lanes[row] ?? 0) - MARK_PX / 2 }}>
              {icon}
            </span>
            <b>{title}</b>
            <span className={classes['details']}>{details}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
