import { IconCookie, IconKey, IconListCheck } from '@tabler/icons-react'
import type { Compared } from '../../../contract/comparison.ts'

const ICONS: Readonly<Record<Compared, typeof IconKey>> = {
  session: IconCookie,
  'jwt-bearer': IconKey,
  'jwt-cookie': IconCookie,
  'jwt-denylist': IconListCheck,
}

/** Class of the accent of what is compared. */
export const accentOfCompared = (compared: Compared): 'ses' | 'jwt' => (compared === 'session' ? 'ses' : 'jwt')

/** The icon of what is compared: those of one hue differ by it. */
export function ComparedIcon({ compared, size }: { readonly compared: Compared; readonly size: number }) {
  const Icon = ICONS[compared]
  return <Icon size={size} stroke={1.75} aria-hidden />
}
