// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { runCommand } from '../../state/commands.ts'
import { selectExchange, useUi } from '../../state/ui-state.ts'
import { currentLog } from '../../state/use-lab.ts'
import lines from '../../ui/grid-lines.module.css'
import { clamp, HEAD_HEIGHT_PX, inDrawingOrder, LINE_HEIGHT_PX, OVERSCAN, pageOf, showLine, stepOf, useSlots } from '../../ui/grid-lines.ts'
import { ActionLine } from './action-line.tsx'
import { ExchangeLine, lineId } from './exchange-line.tsx'
import type { Line, Timeline } from './timeline.ts'
import classes from './traffic.module.css'
import { useFollow } from './use-follow.ts'

const COLUMNS = ['seq', 'time', 'client', 'node', 'request', 'status', 'mechanism', 'verdict', 'ms', 'bytes'] as const
const NUMBERS: ReadonlySet<string> = new Set(['ms', 'bytes'])

const idOf = (line: Line | null): string | null => line?.row?.exchange.id ?? line?.action?.id ?? null

/** Line of the selected exchange; null when none is selected or it is not among the lines. */
function selectedLine(timeline: Timeline, selected: string | null): number | null {
  const exchange = selected === null ? null : currentLog().find(selected)
  if (!exchange) return null
  const line = timeline.lineOf(exchange.seq)
  return timeline.at(line)?.row?.exchange.id === selected ? line : null
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

  const timelineNow = useRef(timeline)
  timelineNow.current = timeline
  // Selected from elsewhere (topology, J and K): bring it into view.
  useEffect(() => {
    const line = selectedLine(timelineNow.current, selected)
    if (line !== null) showLine(scroller.current, line)
  }, [selected])

  const actionLine = useRef(0)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || timeline.length === 0) return
    if (event.key === 'Enter' && selected !== null) {
      runCommand('open-request')
      event.preventDefault()
      return
    }
    const step = stepOf(event.key, pageOf(scroller.current))
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
    showLine(scroller.current, line)
  }

  const activeId = activeAction ?? selected
  const inView = virtualizer.getVirtualItems()
  const slots = useSlots(inView.length)
  const drawn = inDrawingOrder(inView, slots, virtualizer.isScrolling)
  const isActiveDrawn = activeId !== null && inView.some(({ index }) => idOf(timeline.at(index)) === activeId)
  const lastSeq = timeline.rows.at(-1)?.exchange.seq ?? 0
  const wide = lastSeq > 9999 ? classes['widestSeq'] : lastSeq > 999 ? classes['wideSeq'] : ''
  return (
    <div className={`${lines['body']} ${wide}`}>
      <div
        ref={scroller}
        role="grid"
        aria-label={t('grid')}
        aria-rowcount={timeline.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={isActiveDrawn ? lineId(activeId) : undefined}
        tabIndex={0}
        className={lines['grid']}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={`${lines['head']} ${classes['head']}`}>
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader" className={NUMBERS.has(column) ? lines['number'] : 'trunc'}>
              {t(`column.${column}`)}
            </span>
          ))}
        </div>
        <div role="rowgroup" className={lines['sizer']} style={{ height: timeline.length * LINE_HEIGHT_PX }}>
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
