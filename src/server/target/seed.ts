import type Database from 'better-sqlite3'
import { AccountRows, type NewAccount } from '../storage/account-rows.ts'
import { isBusy } from '../storage/open.ts'

/** The three accounts of a fresh lab. Their passwords are in the manual (`<name>-pass`); the hashes are made by `hashPassword`. */
const STARTING_ACCOUNTS: readonly NewAccount[] = [
  {
    name: 'alice',
    role: 'admin',
    scopes: ['profile', 'orders:read', 'admin:read'],
    isDisabled: false,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$voGSnX115vQ40uToESEhtg$iPtJ7DNUFIY3yUoM8aMcTiX7VLVxZRqJUo1E06WPZEY',
  },
  {
    name: 'bob',
    role: 'user',
    scopes: ['profile', 'orders:read'],
    isDisabled: false,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$8is1KTbQDDMZ1ja0T4bR8A$zm+zsHnPU2vqPEJhp1Tky2EdxvuQ/9uBT0ju7b9zTfk',
  },
  {
    name: 'mallory',
    role: 'user',
    scopes: ['profile'],
    isDisabled: false,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$XBZS7k+rQF0ljVJMmtPuDQ$Vj0iOsOxcw9o9pM0nV4tYYDnDnyigv6PM1V0Fuc4t7c',
  },
]

const STARTING_ORDERS = [
  { account: 'alice', item: 'Conference ticket', amountCents: 34_900 },
  { account: 'alice', item: 'Security key', amountCents: 5_500 },
  { account: 'bob', item: 'Notebook', amountCents: 1_200 },
] as const

/** Tries of {@link seed}; each waits for the lock as long as the connection's busy timeout. */
const TRIES = 100

const writeOrders = (database: Database.Database): void => {
  database.exec('DELETE FROM orders; DELETE FROM transfers')
  const insert = database.prepare('INSERT INTO orders (account, item, amount_cents) VALUES (?, ?, ?)')
  for (const { account, item, amountCents } of STARTING_ORDERS) insert.run(account, item, amountCents)
}

/** Writes the starting accounts and their orders when there are none. Nodes that start at once write them once. */
export const seed = (database: Database.Database): void => {
  const accounts = new AccountRows(database)
  if (accounts.list().length > 0) return
  const write = database.transaction(() => {
    if (accounts.seed(STARTING_ACCOUNTS)) writeOrders(database)
  }).immediate
  for (let left = TRIES; left > 0; left--) {
    try {
      write()
      return
    } catch (error) {
      if (!isBusy(error) || left === 1) throw error
    }
  }
}

/** Back to the starting accounts and orders, with no session, refresh token, transfer or failed login. */
export const resetRows = (database: Database.Database): void => {
  database
    .transaction(() => {
      new AccountRows(database).reset(STARTING_ACCOUNTS)
      writeOrders(database)
      database.exec('DELETE FROM login_throttle; DELETE FROM sessions; DELETE FROM account_sessions; DELETE FROM ended_sessions')
      database.exec('DELETE FROM refresh_tokens; DELETE FROM refresh_families')
    })
    .immediate()
}
