import { type ReactNode, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reasonOf } from '../../api.ts'
import { useCommand } from '../../state/commands.ts'
import { selectRecord, useUi } from '../../state/ui-state.ts'
import lines from '../../ui/grid-lines.module.css'
import { type GridColumn, RecordGrid } from '../../ui/record-grid.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { RowMenuProvider } from './row-menu.tsx'
import classes from './state.module.css'

interface ListPaneProps<Row> {
  readonly label: string
  /** Undefined until it was read. */
  readonly rows: readonly Row[] | undefined
  /** Why it could not be read; null when it was. */
  readonly error: unknown
  readonly idOf: (row: Row) => string
  /** What the search looks through, in any case. */
  readonly textOf: (row: Row) => string
  readonly columns: ReadonlyArray<GridColumn<Row>>
  readonly sortedBy: { readonly id: string; readonly desc: boolean }
  /** What this list is, and what it is not. */
  readonly about: string
  /** What to do to get a first row. */
  readonly empty: string
  /** Said when the list holds only its newest rows; null when it holds all. */
  readonly cutAt: number | null
  readonly tools?: ReactNode
  /** Stands above the list. */
  readonly above?: ReactNode
  readonly details: (row: Row) => ReactNode
}

/** Rows that hold every word. */
function useMatches<Row>(rows: readonly Row[], text: string, textOf: (row: Row) => string): readonly Row[] {
  return useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return rows
    return rows.filter((row) => {
      const haystack = textOf(row).toLowerCase()
      return words.every((word) => haystack.includes(word))
    })
  }, [rows, text, textOf])
}

const NO_ROWS: readonly never[] = []

/** One list of the server's or the lab's state: search, grid, and the selected row in full. */
export function ListPane<Row extends object>(list: ListPaneProps<Row>) {
  const { t } = useTranslation('state')
  const [text, setText] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const details = useRef<HTMLElement>(null)
  const selected = useUi((ui) => ui.selectedRecord)
  useCommand('focus-filter', () => search.current?.select())
  const { rows = NO_ROWS, idOf } = list
  const matching = useMatches<Row>(rows, useDeferredValue(text), list.textOf)
  const row = selected === null ? undefined : rows.find((each) => idOf(each) === selected)
  const note = rows.length === 0 ? list.empty : matching.length === 0 ? t('noMatch') : null
  return (
    <div className={classes['split']}>
      <section className={classes['list']} aria-label={list.label}>
        {list.above}
        <div className={classes['bar']}>
          <SearchField label={t('search')} text={text} change={setText} input={search} />
          <span className={classes['count']} aria-live="polite">
            {text === '' ? t('rows', { count: rows.length }) : t('rowsOf', { count: matching.length, all: rows.length })}
          </span>
          <span className="sp" />
          {list.tools}
        </div>
        <p className={classes['about']}>
          {list.about}
          {list.cutAt !== null && rows.length >= list.cutAt && ` ${t('cut', { count: list.cutAt })}`}
        </p>
        <RowMenuProvider>
          <div className={lines['body']}>
            <RecordGrid
              label={list.label}
              columns={list.columns}
              rows={matching}
              idOf={idOf}
              selected={row === undefined ? null : selected}
              select={selectRecord}
              open={() => details.current?.focus()}
              sortedBy={list.sortedBy}
            />
            {list.error !== null ? (
              <div className={lines['note']} role="alert">
                {t('unreadable', { reason: reasonOf(list.error) })}
              </div>
            ) : (
              list.rows !== undefined && note !== null && <p className={lines['note']}>{note}</p>
            )}
          </div>
        </RowMenuProvider>
      </section>
      <aside ref={details} tabIndex={-1} className={`${classes['details']} scroll`} aria-label={t('details')}>
        {row === undefined ? <p className={classes['hint']}>{t('pickRow')}</p> : list.details(row)}
      </aside>
    </div>
  )
}
