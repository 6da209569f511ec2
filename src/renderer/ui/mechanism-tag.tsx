import { IconCookie, IconKey, IconMinus } from '@tabler/icons-react'

interface MechanismTagProps {
  readonly mechanism: 'session' | 'jwt-bearer' | 'jwt-cookie' | 'none'
  readonly label: string
  /** With border and ground, for headers. */
  readonly isBoxed?: boolean
}

const ICONS = { session: IconCookie, 'jwt-cookie': IconCookie, 'jwt-bearer': IconKey, none: IconMinus } as const

/** Class that sets the accent of a mechanism for everything inside. */
export const accentOf = (mechanism: MechanismTagProps['mechanism']): 'ses' | 'jwt' | 'plain' =>
  mechanism === 'none' ? 'plain' : mechanism === 'session' ? 'ses' : 'jwt'

/** Icon and name of a mechanism in its accent. */
export function MechanismTag({ mechanism, label, isBoxed = false }: MechanismTagProps) {
  const Icon = ICONS[mechanism]
  return (
    <span className={`${isBoxed ? 'tag' : 'mt'} ${accentOf(mechanism)}`}>
      <Icon size={13} stroke={1.75} aria-hidden />
      {label}
    </span>
  )
}
