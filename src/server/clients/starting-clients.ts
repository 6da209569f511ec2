import type { ClientIdentity } from './virtual-client.ts'

/** The clients of a fresh lab. */
export const STARTING_CLIENTS: readonly ClientIdentity[] = [
  { id: 'alice-laptop', name: 'Alice·Laptop', account: 'alice', device: 'Laptop', mechanism: 'session', isAttacker: false },
  { id: 'alice-phone', name: 'Alice·Phone', account: 'alice', device: 'Phone', mechanism: 'jwt-cookie', isAttacker: false },
  { id: 'bob-laptop', name: 'Bob·Laptop', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer', isAttacker: false },
  { id: 'mallory', name: 'Mallory', account: 'mallory', device: 'Laptop', mechanism: 'jwt-bearer', isAttacker: true },
]
