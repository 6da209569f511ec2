import { Popover } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './settings.module.css'

interface SettingsPopoverProps {
  /** What it is about, for the button and as the heading. */
  readonly label: string
  /** Words on the button; the icon alone when absent. */
  readonly words?: string
  readonly icon?: ReactNode
  readonly children: ReactNode
}

/** A button that opens settings of one part of the cluster, by mouse and keyboard. */
export function SettingsPopover({ label, words, icon, children }: SettingsPopoverProps) {
  return (
    <Popover position="bottom-end" width={412} trapFocus returnFocus withinPortal transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <button type="button" className={words ? 'btn sm' : 'ib nodrag nopan'} aria-label={label} title={label}>
          {icon ?? <IconAdjustmentsHorizontal size={14} stroke={1.75} aria-hidden />}
          {words && <span className="trunc">{words}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes['settings'] ?? ''} aria-label={label}>
        <h3>{label}</h3>
        {children}
      </Popover.Dropdown>
    </Popover>
  )
}
