import { IconCheck, IconCopy } from '@tabler/icons-react'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import classes from './code-block.module.css'

const SQL_WORDS =
  /\b(SELECT|FROM|WHERE|AND|OR|NOT|NULL|IS|INSERT|INTO|VALUES|UPDATE|SET|DELETE|ON|CONFLICT|DO|NOTHING|ORDER|BY|LIMIT|RETURNING|AS|JOIN|LEFT|REPLACE|EXISTS|BETWEEN|IN)\b/i
const SQL_PIECES = new RegExp(`('(?:[^']|'')*'|[?@:$]\\w*|${SQL_WORDS.source})`, 'gi')

const isParameter = (piece: string): boolean => /^['?@:$]/.test(piece)

/** SQL with its words dimmed and its parameters in the accent. */
export function Sql({ text }: { readonly text: string }) {
  const parts: ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(SQL_PIECES)) {
    const [piece] = match
    parts.push(text.slice(at, match.index))
    parts.push(
      <span key={match.index} className={isParameter(piece) ? classes['parameter'] : classes['word']}>
        {piece}
      </span>,
    )
    at = match.index + piece.length
  }
  parts.push(text.slice(at))
  return <pre className={`code ${classes['block']}`}>{parts}</pre>
}

/** Text as it is on the wire or in a store. It wraps, so it needs no scrolling of its own. */
export const CodeBlock = ({ text }: { readonly text: string }) => <pre className={`code ${classes['block']}`}>{text}</pre>

/** What a copy is while something is hidden: the text without it, and the words that say so. */
export interface Hiding {
  hide(text: string): string
  readonly words: string
}

/** Null while nothing is hidden. */
export const HidingContext = createContext<Hiding | null>(null)

interface CopyButtonProps {
  readonly text: string
  readonly label: string
  /** Said and shown for a moment after the copy. */
  readonly doneLabel: string
  readonly hasLabel?: boolean
}

const SHOWN_MS = 1500

/** Copies text to the clipboard and says so. */
export function CopyButton({ text, label, doneLabel, hasLabel = false }: CopyButtonProps) {
  const [isDone, setDone] = useState(false)
  const hiding = useContext(HidingContext)
  useEffect(() => {
    if (!isDone) return
    const timer = setTimeout(() => setDone(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isDone])
  const copy = (): void => {
    navigator.clipboard.writeText(hiding ? hiding.hide(text) : text).then(
      () => setDone(true),
      () => setDone(false),
    )
  }
  const Icon = isDone ? IconCheck : IconCopy
  const isCut = hiding !== null && hiding.hide(text) !== text
  const plain = isDone ? doneLabel : label
  const words = isCut ? `${plain} (${hiding.words})` : plain
  return (
    <button type="button" className={hasLabel ? 'btn sm gh' : 'ib'} onClick={copy} aria-label={words} title={words}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {hasLabel && words}
    </button>
  )
}
