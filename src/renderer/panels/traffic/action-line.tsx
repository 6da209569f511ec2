// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
import {
  IconClock,
  IconFlag,
  IconFlask,
  IconHourglassEmpty,
  IconLogout,
  IconPlayerRecord,
  IconPower,
  type IconProps,
  IconRefresh,
  IconTrash,
  IconUser,
  IconUserCog,
} from '@tabler/icons-react'
import { type ComponentType, memo } from 'react'
import type { OperatorAction } from '../../../contract/lab.ts'
import { actionWords } from '../../i18n/action-words.ts'
import { say } from '../../i18n/say.ts'
import { clockTime } from '../../state/lab-time.ts'
import lines from '../../ui/grid-lines.module.css'
import { lineId } from './exchange-line.tsx'
import classes from './traffic.module.css'

const ICONS: ReadonlyArray<readonly [prefix: string, icon: ComponentType<IconProps>]> = [
  ['clock', IconClock],
  ['session-expired', IconHourglassEmpty],
  ['session', IconTrash],
  ['account-logged', IconLogout],
  ['account', IconUserCog],
  ['node', IconPower],
  ['client', IconUser],
  ['recording', IconPlayerRecord],
  ['lab-re', IconRefresh],
  ['checkpoint', IconFlag],
]

const iconOf = (action: string): ComponentType<IconProps> => ICONS.find(([prefix]) => action.startsWith(prefix))?.[1] ?? IconFlask

interface ActionLineProps {
  readonly action: OperatorAction
  readonly line: number
  readonly top: number
  readonly columns: number
  readonly isActive: boolean
  /** Draws again when the language changes. */
  readonly language: string
}

/** Something the operator did, as a full-width row between the exchanges before and after it. */
export const ActionLine = memo(function ActionLine({ action, line, top, columns, isActive }: ActionLineProps) {
  const Icon = iconOf(action.action)
  const words = actionWords(action)
  return (
    <div
      role="row"
      id={lineId(action.id)}
      aria-rowindex={line + 2}
      className={`${lines['line']} ${classes['action']} ${isActive ? lines['active'] : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      title={words}
    >
      <span role="gridcell" aria-colspan={columns} className={classes['wide']}>
        <Icon size={13} stroke={1.75} aria-hidden />
        <span className="sr">{say('traffic:labEvent')}: </span>
        <span className="trunc">{words}</span>
        <span className={`mono ${classes['at']}`}>{clockTime(action.labTime)}</span>
      </span>
    </div>
  )
})
