import { Menu } from '@mantine/core'
import { IconBan, IconChevronDown } from '@tabler/icons-react'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../../state/act.ts'
import classes from './state.module.css'

/** Something that can be done to a row. */
export interface RowAction {
  readonly id: string
  readonly label: string
  /** What it does, in one sentence. */
  readonly note: string
  readonly act: () => Promise<unknown>
}

interface Opened {
  readonly actions: readonly RowAction[]
  readonly button: HTMLElement
}

/** Not `keydown`: the very press that opens the menu would close it. */
const OUTSIDE = ['mousedown', 'touchstart']

const Opener = createContext<(opened: Opened) => void>(() => undefined)

/** One menu for all rows of a list: a menu of its own in each would be made and thrown away with every line that scrolls by. */
export function RowMenuProvider({ children }: { readonly children: ReactNode }) {
  const [opened, setOpened] = useState<Opened | null>(null)
  const { t } = useTranslation('state')
  const { run } = useActions()
  const anchor = useRef<HTMLSpanElement>(null)
  const open = useCallback((next: Opened) => {
    const { left, top, width, height } = next.button.getBoundingClientRect()
    Object.assign(anchor.current?.style ?? {}, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
    setOpened(next)
  }, [])
  const close = (): void => {
    // A line's button may be another row's by now; the grid is where the keyboard was.
    opened?.button.closest<HTMLElement>('[role=grid]')?.focus()
    setOpened(null)
  }
  const shown = useMemo(() => opened?.actions ?? [], [opened])
  return (
    <Opener value={open}>
      {children}
      <Menu
        opened={opened !== null}
        onClose={close}
        position="bottom-end"
        width={320}
        returnFocus={false}
        withInitialFocusPlaceholder={false}
        clickOutsideEvents={OUTSIDE}
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <span ref={anchor} className={classes['anchor']} />
        </Menu.Target>
        <Menu.Dropdown aria-label={t('revoke')}>
          {shown.map(({ id, label, note, act }, index) => (
            <Menu.Item key={id} data-autofocus={index === 0 ? true : undefined} onClick={() => void run(id, act)}>
              {label}
              <span className={classes['note']}>{note}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Opener>
  )
}

interface RevokeButtonProps {
  /** What the eye reads. */
  readonly words: string
  /** Names the row for whoever cannot see it. */
  readonly label: string
  readonly actions: () => readonly RowAction[]
}

/** Opens what can be done to a row. No tab stop of its own: the grid has the only one, and Enter in this cell presses it. */
export function RevokeButton({ words, label, actions }: RevokeButtonProps) {
  const open = useContext(Opener)
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes['revoke']}
      aria-label={label}
      aria-haspopup="menu"
      onClick={(event) => open({ actions: actions(), button: event.currentTarget })}
    >
      <IconBan size={12} stroke={1.75} aria-hidden />
      {words}
      <IconChevronDown size={11} stroke={1.75} aria-hidden />
    </button>
  )
}
