import { useQueries } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { api } from '../../../api.ts'
import { useUi } from '../../../state/ui-state.ts'
import { useTraffic } from '../../../state/use-lab.ts'
import { isOpenFilter, RowFilter } from '../../traffic/filter.ts'
import { loginRun, onwardRun, type Run, type Scope } from './run.ts'

interface ReadRun {
  /** Those that could be read, oldest first. */
  readonly exchanges: readonly Exchange[]
  readonly isCut: boolean
  /** The traffic filter has a say in it. */
  readonly isFiltered: boolean
  readonly isLoading: boolean
  /** How many could not be read: they have left since. */
  readonly missing: number
}

function useChosen(scope: Scope, selected: Exchange): Run {
  const { log, version } = useTraffic()
  const filter = useUi((ui) => ui.filter)
  const rowFilter = useRef(new RowFilter())
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log is changed in place; its version tells.
  return useMemo(() => {
    if (scope === 'onward') return onwardRun(rowFilter.current.apply(log, filter), selected)
    return scope === 'login' ? loginRun(log.rows, selected) : { exchanges: [selected], isCut: false }
  }, [scope, selected, filter, scope === 'one' ? 0 : version])
}

/** The whole exchanges of the chosen run. */
export function useRun(scope: Scope, selected: Exchange): ReadRun {
  const { exchanges: chosen, isCut } = useChosen(scope, selected)
  const isFiltered = useUi((ui) => scope === 'onward' && !isOpenFilter(ui.filter))
  const { found, isLoading, missing } = useQueries({
    queries: chosen.map(({ id, status, verdict }) => ({
      queryKey: ['exchange', id, status, verdict],
      queryFn: () => api.exchanges.get({ id }),
      staleTime: Number.POSITIVE_INFINITY,
      retry: 1,
    })),
    combine: (results) => ({
      found: results.flatMap(({ data }) => data ?? []),
      isLoading: results.some((result) => result.isLoading),
      missing: results.filter(({ isError }) => isError).length,
    }),
  })
  return { exchanges: found, isCut, isFiltered, isLoading, missing }
}
