import { IconCookie, IconKey, IconMinus } from '@tabler/icons-react'

interface MechanismTagProps {
  readonly mechanism: 'session' | 'jwt-bearer' | 'jwt-cookie' | 'none'
  readonly label: string
  /** With border and ground, for headers. */
  readonly isBoxed?: boolean
  /** `gridcell` where it is a cell by itself. */
  readonly role?: 'gridcell'
}

// Made once: long lists draw them thousands of times.
const COOKIE = <IconCookie size={13} stroke={1.75} aria-hidden />
const KEY = <IconKey size={13} stroke={1.75} aria-hidden />
const NONE = <IconMinus size={13} stroke={1.75} aria-hidden />
const ICONS = { session: COOKIE, 'jwt-cookie': COOKIE, 'jwt-bearer': KEY, none: NONE } as const

/** Class that sets the accent of a mechanism for everything inside. */
export const accentOf = (mechanism: MechanismTagProps['mechanism']): 'ses' | 'jwt' | 'plain' =>
  mechanism === 'none' ? 'plain' : mechanism === 'session' ? 'ses' : 'jwt'

/** Icon and name of a mechanism in its accent. */
export function MechanismTag({ mechanism, label, isBoxed = false, role }: MechanismTagProps) {
  return (
    <span role={role} className={`${isBoxed ? 'tag' : 'mt'} ${accentOf(mechanism)}`}>
      {ICONS[mechanism]}
      {label}
    </span>
  )
}
