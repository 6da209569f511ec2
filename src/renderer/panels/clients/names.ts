import type { Client } from '../../../contract/clients.ts'

interface WhoAndWhere {
  readonly who: string
  /** Empty when neither the name nor the device says it. */
  readonly where: string
}

/** Splits `Alice·Laptop` into person and device. */
export function whoAndWhere({ name, device, isAttacker }: Pick<Client, 'name' | 'device' | 'isAttacker'>): WhoAndWhere {
  const [who = name, where = isAttacker ? '' : device] = name.split('·').map((part) => part.trim())
  return { who, where }
}
