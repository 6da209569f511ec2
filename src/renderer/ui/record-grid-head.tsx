// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its cell by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import lines from './grid-lines.module.css'
import classes from './record-grid.module.css'

/** What the head needs to know of a column. */
export interface SortableColumn {
  readonly id: string
  readonly label: string
  readonly isNumber?: boolean
  /** The head is empty to the eye, as above buttons; its label is read out all the same. */
  readonly isHeadHidden?: boolean
}

interface HeadProps {
  readonly columns: readonly SortableColumn[]
  /** Beginning of the ids of its cells. */
  readonly id: string
  readonly sorting: { readonly id: string; readonly desc: boolean } | null
  readonly canSort: (id: string) => boolean
  readonly toggle: (id: string) => void
  /** Column that the keyboard stands on; null when it stands elsewhere. */
  readonly activeColumn: number | null
}

/** The heads of a grid's columns; a press sorts by one, a second one turns the order round. */
export function RecordGridHead({ columns, id, sorting, canSort, toggle, activeColumn }: HeadProps) {
  return (
    <div role="row" aria-rowindex={1} className={`${lines['head']} ${classes['cells']}`}>
      {columns.map((column, index) => {
        const isSorted = sorting?.id === column.id
        const Arrow = sorting?.desc ? IconChevronDown : IconChevronUp
        const look = `trunc ${column.isNumber ? lines['number'] : ''} ${index === activeColumn ? lines['active'] : ''}`
        return (
          <span
            key={column.id}
            id={`${id}-${index}`}
            role="columnheader"
            aria-sort={isSorted ? (sorting.desc ? 'descending' : 'ascending') : undefined}
            className={look}
          >
            {canSort(column.id) ? (
              <button type="button" tabIndex={-1} className={classes['sort']} onClick={() => toggle(column.id)}>
                <span className="trunc">{column.label}</span>
                {isSorted && <Arrow size={12} stroke={2} aria-hidden />}
              </button>
            ) : (
              <span className={column.isHeadHidden ? 'sr' : undefined}>{column.label}</span>
            )}
          </span>
        )
      })}
    </div>
  )
}
