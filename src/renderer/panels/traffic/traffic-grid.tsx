// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { runCommand } from '../../state/commands.ts'
import { selectExchange, useUi } from '../../state/ui-state.ts'
import { currentLog } from '../../state/use-lab.ts'
import { ActionLine } from './action-line.tsx'
import { ExchangeLine, lineId } from './exchange-line.tsx'
import { HEAD_HEIGHT_PX, LINE_HEIGHT_PX } from './sizes.ts'
import type { Line, Timeline } from './timeline.ts'
import classes from './traffic.module.css'
import { useFollow } from './use-follow.ts'

const COLUMNS = ['seq', 'time', 'client', 'node', 'request', 'status', 'mechanism', 'verdict', 'ms', 'bytes'] as const
const NUMBERS: ReadonlySet<string> = new Set(['ms', 'bytes'])
const OVERSCAN = 6
const SLOT_STEP = 16

const idOf = (line: Line | null): string | null => line?.row?.exchange.id ?? line?.action?.id ?? null

/** How many lines a key moves; null for other keys. */
function stepOf(key: string, page: number): number | null {
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

/** Line of the selected exchange; null when none is selected or it is not among the lines. */
function selectedLine(timeline: Timeline, selected: string | null): number | null {
  const exchange = selected === null ? null : currentLog().find(selected)
  if (!exchange) return null
  const line = timeline.lineOf(exchange.seq)
  return timeline.at(line)?.row?.exchange.id === selected ? line : null
}

const clamp = (value: number, max: number): number => Math.max(0, Math.min(max, value))

/**
 * How many elements the lines share: those that scroll out give theirs to those that scroll in, as changing texts is cheaper than
 * making elements. The number only grows, for a change of it makes all of them anew.
 */
function useSlots(lines: number): number {
  const most = useRef(0)
  most.current = Math.max(most.current, Math.ceil(lines / SLOT_STEP) * SLOT_STEP)
  return most.current
}

/** The traffic as a grid: one tab stop, arrow keys move and select, only the lines in view are in the page. */
export function TrafficGrid({ timeline }: { readonly timeline: Timeline }) {
  const { t, i18n } = useTranslation('traffic')
  const selected = useUi((ui) => ui.selectedExchange)
  const scroller = useRef<HTMLDivElement>(null)
  /** The line that the keyboard stands on when it is not the selected exchange: an operator's action. */
  const [activeAction, setActiveAction] = useState<string | null>(null)
  const virtualizer = useVirtualizer({
    count: timeline.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_HEIGHT_PX,
    scrollMargin: 0,
  })
  // After the virtualizer, which scrolls to its start when it is made.
  const { newCount, onScroll, jumpToEnd } = useFollow(scroller, timeline)
  const select = useCallback((id: string) => {
    setActiveAction(null)
    selectExchange(id)
  }, [])

  const show = useCallback((line: number) => {
    const element = scroller.current
    if (!element) return
    const top = line * LINE_HEIGHT_PX
    const room = element.clientHeight - HEAD_HEIGHT_PX - LINE_HEIGHT_PX
    if (top < element.scrollTop) element.scrollTop = top
    else if (top > element.scrollTop + room) element.scrollTop = top - room
  }, [])

  const timelineNow = useRef(timeline)
  timelineNow.current = timeline
  // Selected from elsewhere (topology, J and K): bring it into view.
  useEffect(() => {
    const line = selectedLine(timelineNow.current, selected)
    if (line !== null) show(line)
  }, [selected, show])

  const actionLine = useRef(0)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || timeline.length === 0) return
    if (event.key === 'Enter' && selected !== null) {
      runCommand('open-request')
      event.preventDefault()
      return
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / LINE_HEIGHT_PX) - 2)
    const step = stepOf(event.key, page)
    if (step === null) return
    event.preventDefault()
    const last = timeline.length - 1
    const from = activeAction !== null ? actionLine.current : (selectedLine(timeline, selected) ?? (step > 0 ? -1 : timeline.length))
    const line = clamp(from + step, last)
    const target = timeline.at(line)
    if (target?.row) select(target.row.exchange.id)
    else if (target) {
      actionLine.current = line
      setActiveAction(target.action.id)
    }
    show(line)
  }

  const activeId = activeAction ?? selected
  const lines = virtualizer.getVirtualItems()
  const slots = useSlots(lines.length)
  // While scrolling the elements stay where they are in the page, since each that moves is laid out anew; at rest they stand in reading order.
  const drawn = virtualizer.isScrolling ? lines.toSorted((a, b) => (a.index % slots) - (b.index % slots)) : lines
  const isActiveDrawn = activeId !== null && lines.some(({ index }) => idOf(timeline.at(index)) === activeId)
  const lastSeq = timeline.rows.at(-1)?.exchange.seq ?? 0
  const wide = lastSeq > 9999 ? classes['widestSeq'] : lastSeq > 999 ? classes['wideSeq'] : ''
  return (
    <div className={`${classes['body']} ${wide}`}>
      <div
        ref={scroller}
        role="grid"
        aria-label={t('grid')}
        aria-rowcount={timeline.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={isActiveDrawn ? lineId(activeId) : undefined}
        tabIndex={0}
        className={classes['grid']}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={classes['head']}>
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader" className={NUMBERS.has(column) ? classes['number'] : 'trunc'}>
              {t(`column.${column}`)}
            </span>
          ))}
        </div>
        <div role="rowgroup" className={classes['sizer']} style={{ height: timeline.length * LINE_HEIGHT_PX }}>
          {drawn.map(({ index }) => {
            const line = timeline.at(index)
            const id = idOf(line)
            const common = { line: index, top: index * LINE_HEIGHT_PX, isActive: id === activeId, language: i18n.language }
            if (line?.row) {
              const { exchange } = line.row
              return (
                <ExchangeLine key={index % slots} exchange={exchange} isSelected={exchange.id === selected} select={select} {...common} />
              )
            }
            return line && <ActionLine key={index % slots} action={line.action} columns={COLUMNS.length} {...common} />
          })}
        </div>
      </div>
      {newCount > 0 && (
        <button type="button" className={`btn sm pri ${classes['newer']}`} onClick={jumpToEnd}>
          {t('new', { count: newCount })}
        </button>
      )}
    </div>
  )
}
