import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query'
import { LISTS, type ListName } from '../../contract/events.ts'
import { api } from '../api.ts'

/** The shortest time between two readings of one list, milliseconds: a long one costs the lab and this page more than a glance at it is worth. */
const REST_MS = 250

const isReading = new Set<ListName>()
const isStaleAgain = new Set<ListName>()

async function readAgain(queries: QueryClient, list: ListName): Promise<void> {
  isReading.add(list)
  do {
    isStaleAgain.delete(list)
    // Those that no panel shows are only marked. A failure is shown by whoever shows the list.
    await queries.invalidateQueries({ queryKey: [list] }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
  } while (isStaleAgain.has(list))
  isReading.delete(list)
}

/** These lists have changed: those that are shown are read again, one reading at a time; one that changes meanwhile is read once more. */
export function refreshLists(queries: QueryClient, lists: readonly ListName[] = LISTS): void {
  for (const list of lists) {
    if (isReading.has(list)) isStaleAgain.add(list)
    else void readAgain(queries, list)
  }
}

/** What the lab tells that a list has changed is all that makes it old. */
const WHEN_TOLD = { staleTime: Number.POSITIVE_INFINITY, retry: 1, placeholderData: keepPreviousData } as const

/** Access tokens seen being issued, newest first; kept up to date while shown. @public */
export const useTokens = (filter: Parameters<typeof api.tokens.list>[0]) =>
  useQuery({ queryKey: ['tokens' satisfies ListName, filter], queryFn: () => api.tokens.list(filter), ...WHEN_TOLD })

/** Families of refresh tokens, newest first; kept up to date while shown. */
export const useFamilies = (filter: Parameters<typeof api.refreshFamilies.list>[0]) =>
  useQuery({ queryKey: ['families' satisfies ListName, filter], queryFn: () => api.refreshFamilies.list(filter), ...WHEN_TOLD })

/** The keyring without its secrets; kept up to date while shown. */
export const useKeyring = () => useQuery({ queryKey: ['keys' satisfies ListName], queryFn: () => api.keys.list(), ...WHEN_TOLD })
