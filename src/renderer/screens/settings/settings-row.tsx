import type { ReactNode } from 'react'
import classes from './settings.module.css'

interface SettingsRowProps {
  readonly label: string
  readonly note?: string
  readonly children: ReactNode
}

/** One setting: its name, what it means, and what it is set by. */
export const SettingsRow = ({ label, note, children }: SettingsRowProps) => (
  <div className={classes['row']}>
    <div>
      <b>{label}</b>
      {note && <p>{note}</p>}
    </div>
    <div className={classes['value']}>{children}</div>
  </div>
)
