import type { ReactNode } from 'react'
import classes from './inspector.module.css'

interface NoteProps {
  readonly title: string
  readonly text?: string
  readonly children?: ReactNode
}

/** A short statement where there is nothing else to show. */
export const Note = ({ title, text, children }: NoteProps) => (
  <div className={classes['note']}>
    <b>{title}</b>
    {text && <p>{text}</p>}
    {children}
  </div>
)
