// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its cell by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its rows.
import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, memo, type ReactNode, useEffect, useId, useMemo, useRef } from 'react'
import lines from './grid-lines.module.css'
import { HEAD_HEIGHT_PX, inDrawingOrder, LINE_HEIGHT_PX, OVERSCAN, showLine, useSlots } from './grid-lines.ts'
import classes from './record-grid.module.css'
import { RecordGridHead, type SortableColumn } from './record-grid-head.tsx'
import { useGridKeys } from './use-grid-keys.ts'

/** A column of a grid of records. */
export interface GridColumn<Row> extends SortableColumn {
  /** Its width as a track of a CSS grid, for example `minmax(80px, 1fr)`. */
  readonly track: string
  /** What the grid sorts by; undefined comes last in both directions. Absent: the grid does not sort by this column. */
  readonly value?: (row: Row) => string | number | undefined
  readonly cell: (row: Row) => ReactNode
}

interface RecordGridProps<Row> {
  readonly label: string
  readonly columns: ReadonlyArray<GridColumn<Row>>
  readonly rows: readonly Row[]
  readonly idOf: (row: Row) => string
  readonly selected: string | null
  readonly select: (id: string) => void
  /** Enter on a cell that holds no button. */
  readonly open: () => void
  /** How it is sorted at first. */
  readonly sortedBy: { readonly id: string; readonly desc: boolean }
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

const compare = (one: unknown, other: unknown): number =>
  typeof one === 'string' && typeof other === 'string' ? one.localeCompare(other) : Number(one) - Number(other)

interface LineProps<Row> {
  readonly row: Row
  readonly columns: ReadonlyArray<GridColumn<Row>>
  readonly id: string
  readonly line: number
  readonly isSelected: boolean
  /** Column that the keyboard stands on; null when it stands elsewhere. */
  readonly activeColumn: number | null
  readonly select: () => void
}

const hasSameLook = <Row,>(one: LineProps<Row>, other: LineProps<Row>): boolean =>
  one.row === other.row &&
  one.columns === other.columns &&
  one.line === other.line &&
  one.isSelected === other.isSelected &&
  one.activeColumn === other.activeColumn

/** The words of a cell, which may be wider than it is. */
function wholeText<Row>({ value }: GridColumn<Row>, row: Row): string | undefined {
  const text = value?.(row)
  return typeof text === 'string' && text !== '' ? text : undefined
}

function PlainLine<Row>({ row, columns, id, line, isSelected, activeColumn, select }: LineProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={line + 2}
      aria-selected={isSelected}
      className={`${lines['line']} ${lines['cells']} ${classes['cells']} ${isSelected ? lines['selected'] : ''}`}
      style={{ transform: `translateY(${line * LINE_HEIGHT_PX}px)` }}
      onClick={select}
    >
      {columns.map((column, index) => (
        <span
          key={column.id}
          role="gridcell"
          title={wholeText(column, row)}
          id={`${id}-${index}`}
          className={`trunc ${column.isNumber ? lines['number'] : ''} ${index === activeColumn ? lines['active'] : ''}`}
        >
          {column.cell(row)}
        </span>
      ))}
    </div>
  )
}
const Line = memo(PlainLine, hasSameLook) as typeof PlainLine

/**
 * Records as a grid that sorts: one tab stop, arrow keys move between rows and cells (the head is the row above the first), Enter sorts by a
 * head, presses the button in a cell or opens the row. Only the rows in view are in the page.
 */
export function RecordGrid<Row extends object>({ label, columns, rows, idOf, selected, select, open, sortedBy }: RecordGridProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null)
  const gridId = useId()
  const definitions = useMemo(
    () =>
      columns.map(({ id, value }) => ({
        id,
        accessorFn: (row: Row) => value?.(row),
        enableSorting: value !== undefined,
        sortUndefined: 'last' as const,
        sortFn: (one: { getValue(id: string): unknown }, other: { getValue(id: string): unknown }, column: string) =>
          compare(one.getValue(column), other.getValue(column)),
      })),
    [columns],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: idOf,
    initialState: { sorting: [{ ...sortedBy }] },
    enableSortingRemoval: false,
    enableMultiSort: false,
  })
  const sorted = table.getSortedRowModel().rows
  const selectedLine = useMemo(() => (selected === null ? -1 : sorted.findIndex(({ id }) => id === selected)), [sorted, selected])
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_HEIGHT_PX,
  })
  const toggle = (id: string): void => table.getColumn(id)?.toggleSorting()
  const keys = useGridKeys({
    scroller,
    lineCount: sorted.length,
    columnCount: columns.length,
    selectedLine: selectedLine < 0 ? null : selectedLine,
    selectLine: (line) => select(sorted[line]?.id ?? ''),
    pressHead: (column) => toggle(columns[column]?.id ?? ''),
    pressCell: (line, column) => {
      const button = document.getElementById(`${gridId}-${sorted[line]?.id}-${column}`)?.querySelector('button')
      if (button) button.click()
      else open()
    },
  })
  const lastShown = useRef<string | null>(null)
  // Selected from elsewhere, or sorted anew: bring it into view, but never take the view away from whoever scrolls.
  useEffect(() => {
    if (selected !== lastShown.current && selectedLine >= 0) showLine(scroller.current, selectedLine)
    lastShown.current = selected
  }, [selected, selectedLine])
  const inView = virtualizer.getVirtualItems()
  const slots = useSlots(inView.length)
  const tracks = { '--tracks': columns.map(({ track }) => track).join(' ') } as CSSProperties
  const { isInHead, column: activeColumn } = keys
  const isActiveDrawn = isInHead || inView.some(({ index }) => index === selectedLine)
  const activeRow = isInHead ? 'head' : selected
  const sorting = table.state.sorting[0]
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isActiveDrawn && activeRow !== null ? `${gridId}-${activeRow}-${activeColumn}` : undefined}
      tabIndex={0}
      className={lines['grid']}
      style={tracks}
      onKeyDown={keys.onKeyDown}
      onBlur={keys.leave}
    >
      <RecordGridHead
        columns={columns}
        id={`${gridId}-head`}
        sorting={sorting ?? null}
        canSort={(id) => table.getColumn(id)?.getCanSort() ?? false}
        toggle={toggle}
        activeColumn={isInHead ? activeColumn : null}
      />
      <div role="rowgroup" className={lines['sizer']} style={{ height: sorted.length * LINE_HEIGHT_PX }}>
        {inDrawingOrder(inView, slots, virtualizer.isScrolling).map(({ index }) => {
          const row = sorted[index]
          if (!row) return null
          return (
            <Line
              key={index % slots}
              row={row.original}
              columns={columns}
              id={`${gridId}-${row.id}`}
              line={index}
              isSelected={row.id === selected}
              activeColumn={index === selectedLine && !isInHead ? activeColumn : null}
              select={() => select(row.id)}
            />
          )
        })}
      </div>
    </div>
  )
}
