import { useQuery } from '@tanstack/react-query'
import { type CueList, NO_CUES } from '../../../contract/cues.ts'
import { api } from '../../api.ts'
import { notifyFailure } from '../../state/act.ts'
import { queries } from '../../state/queries.ts'

interface Cues {
  readonly list: CueList
  /** Shown at once; a failure becomes a notification, and what is kept is shown again. */
  keep(list: CueList): Promise<void>
}

const KEY = ['cues']

async function keep(list: CueList): Promise<void> {
  queries.setQueryData(KEY, list)
  try {
    queries.setQueryData(KEY, await api.cues.set(list))
  } catch (error) {
    notifyFailure(error)
    await queries.invalidateQueries({ queryKey: KEY })
  }
}

/** What the instructor plans for a class, as it is kept by the lab. */
export function useCues(): Cues {
  const { data } = useQuery({ queryKey: KEY, queryFn: () => api.cues.get(), staleTime: Number.POSITIVE_INFINITY })
  return { list: data ?? NO_CUES, keep }
}
