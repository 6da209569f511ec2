import { useQuery } from '@tanstack/react-query'
import { type CueList, NO_CUES } from '../../../contract/cues.ts'
import { api } from '../../api.ts'
import { notifyFailure } from '../../state/act.ts'
import { queries } from '../../state/queries.ts'

interface Cues {
  readonly list: CueList
  /** Changes what is there now, and shows it at once; a failure becomes a notification, and what is kept is shown again. */
  change(change: (list: CueList) => CueList): void
}

const KEY = ['cues']

/** One writing after the other: of two changes the later one has both. */
let writing: Promise<unknown> = Promise.resolve()

function change(change: (list: CueList) => CueList): void {
  const list = change(queries.getQueryData<CueList>(KEY) ?? NO_CUES)
  void queries.cancelQueries({ queryKey: KEY })
  queries.setQueryData(KEY, list)
  writing = writing
    .then(() => api.cues.set(list))
    .catch((error: unknown) => {
      notifyFailure(error)
      return queries.invalidateQueries({ queryKey: KEY })
    })
}

/** What the instructor plans for a class, as it is kept by the lab. */
export function useCues(): Cues {
  const { data } = useQuery({ queryKey: KEY, queryFn: () => api.cues.get(), staleTime: Number.POSITIVE_INFINITY })
  return { list: data ?? NO_CUES, change }
}
