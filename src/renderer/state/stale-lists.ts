import type { QueryClient } from '@tanstack/react-query'
import { LISTS, type ListName } from '../../contract/events.ts'

/** The shortest time between two readings of one list, milliseconds: a long one costs the lab and this page more than a glance at it is worth. */
const REST_MS = 250

const isReading = new Set<ListName>()
const isStaleAgain = new Set<ListName>()

async function readAgain(queries: QueryClient, list: ListName): Promise<void> {
  isReading.add(list)
  do {
    isStaleAgain.delete(list)
    // A first reading is not begun anew, and may have been answered before the change.
    if (queries.isFetching({ queryKey: [list] }) > 0) isStaleAgain.add(list)
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
