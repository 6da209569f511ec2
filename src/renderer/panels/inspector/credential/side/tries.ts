import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

/** Ids of the exchanges that came of what was tried, by credential and by what was tried; null when none was recorded. */
const store = createStore<Readonly<Record<string, string | null>>>(() => ({}))

const keyOf = (value: string, what: string): string => `${what} ${value}`

/** The exchange that came of the last try of this kind with this credential; undefined before the first. */
export const useTry = (value: string, what: string): string | null | undefined => useStore(store, (tries) => tries[keyOf(value, what)])

/** Remembers what came of a try, for as long as the page lives. */
export const keepTry = (value: string, what: string, exchangeId: string | null): void =>
  store.setState({ [keyOf(value, what)]: exchangeId })
