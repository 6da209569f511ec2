import { useEffect, useMemo, useRef } from 'react'
import classes from './code.module.css'
import type { LineRange } from './find-symbol.ts'
import { type CodeLanguage, highlightLines } from './highlight.ts'

interface CodeLinesProps {
  readonly text: string
  readonly language: CodeLanguage
  readonly label: string
  /** Marked, and scrolled to; null to mark nothing. */
  readonly marked?: LineRange | null
  readonly hasNumbers?: boolean
}

/** Code to read: highlighted, with the lines that matter marked. */
export function CodeLines({ text, language, label, marked = null, hasNumbers = false }: CodeLinesProps) {
  const lines = useMemo(() => highlightLines(text, language), [text, language])
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    const line = marked && box.current?.querySelector<HTMLElement>(`[data-line="${marked.first}"]`)
    if (line && box.current) box.current.scrollTop = line.offsetTop - box.current.offsetTop - 24
  }, [marked])
  const isMarked = (number: number): boolean => marked !== null && number >= marked.first && number <= marked.last
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section ref={box} className={classes['lines']} tabIndex={0} aria-label={label}>
      {lines.map((tokens, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place, and the text is drawn anew as a whole.
        <div key={index} data-line={index + 1} className={isMarked(index + 1) ? classes['marked'] : undefined}>
          {hasNumbers && (
            <span className={classes['number']} aria-hidden>
              {index + 1}
            </span>
          )}
          {tokens.map(({ text: piece, look }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <span key={place} className={look}>
              {piece}
            </span>
          ))}
          {'\n'}
        </div>
      ))}
    </section>
  )
}
