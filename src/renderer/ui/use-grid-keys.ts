import { type KeyboardEvent, type RefObject, useState } from 'react'
import { clamp, pageOf, showLine, stepOf } from './grid-lines.ts'

interface GridKeys {
  /** The keyboard stands on the head, above the first line. */
  readonly isInHead: boolean
  /** The column that the keyboard stands on. */
  readonly column: number
  readonly onKeyDown: (event: KeyboardEvent) => void
  /** The grid lost the focus. */
  readonly leave: () => void
}

interface GridKeysInput {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly lineCount: number
  readonly columnCount: number
  /** Null when no line is selected. */
  readonly selectedLine: number | null
  readonly selectLine: (line: number) => void
  readonly pressHead: (column: number) => void
  readonly pressCell: (line: number, column: number) => void
}

/** Where a step leads; -1 is the head, which only a single step up from the first line reaches. */
function target(from: number, step: number, lineCount: number): number {
  if (step === -1 && from <= 0) return -1
  return lineCount === 0 ? -1 : clamp(from + step, lineCount - 1)
}

/** Moves through a grid by arrow keys (ARIA Authoring Practices, grid pattern): the line moved to is selected, the head is a line of its own. */
export function useGridKeys(grid: GridKeysInput): GridKeys {
  const { scroller, lineCount, columnCount, selectedLine, selectLine, pressHead, pressCell } = grid
  const [isInHead, setInHead] = useState(false)
  const [column, setColumn] = useState(0)
  const moveTo = (line: number): void => {
    setInHead(line === -1)
    if (line === -1) return
    selectLine(line)
    showLine(scroller.current, line)
  }
  const press = (): void => {
    if (isInHead) pressHead(column)
    else if (selectedLine !== null) pressCell(selectedLine, column)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return
    const { key } = event
    const step = stepOf(key, pageOf(scroller.current))
    const from = isInHead ? -1 : (selectedLine ?? ((step ?? 0) > 0 ? -1 : lineCount))
    if (step !== null) moveTo(target(from, step, lineCount))
    else if (key === 'ArrowLeft' || key === 'ArrowRight') setColumn(clamp(column + (key === 'ArrowLeft' ? -1 : 1), columnCount - 1))
    else if (key === 'Enter' || key === ' ') press()
    else return
    event.preventDefault()
  }
  return { isInHead, column, onKeyDown, leave: () => setInHead(false) }
}
