import { useQuery } from '@tanstack/react-query'
import type { ComparisonProgress, ComparisonRun, ComparisonSummary } from '../../../contract/comparison.ts'
import type { Exchange, ExchangeSummary } from '../../../contract/exchanges.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { setComparisonView, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'

const NO_RUNS: readonly ComparisonSummary[] = []

/** What the screen knows of runs. */
export interface Comparing {
  /** The run on show; null before the first, undefined until it has been read. */
  readonly run: ComparisonRun | null | undefined
  /** Those that are kept, newest first. */
  readonly runs: readonly ComparisonSummary[]
  /** Of the run being measured, by whoever started it; null when none is, or nothing has been told of it yet. */
  readonly progress: ComparisonProgress | null
  readonly isRunning: boolean
  /** Measures anew; with the settings of an earlier run when given. */
  start(like?: string): void
}

/** The run on show, those that are kept, and how to measure another. */
export function useComparison(): Comparing {
  const chosen = useUi((ui) => ui.comparisonView.run)
  const progress = useLab((lab) => lab.comparison)
  const { busy, run: act } = useActions()
  const isMeasured = progress !== null
  const { data: runs } = useQuery({
    queryKey: ['comparison-runs', isMeasured],
    queryFn: () => api.comparison.list(),
    placeholderData: (before) => before,
    staleTime: 0,
  })
  const { data: run } = useQuery({
    queryKey: ['comparison-run', chosen ?? 'newest', chosen === null && isMeasured],
    queryFn: () => (chosen === null ? api.comparison.last() : api.comparison.get({ id: chosen })),
    placeholderData: (before) => before,
    staleTime: 0,
  })
  const start = (like?: string): void => {
    void act('run', () => api.comparison.run(like === undefined ? undefined : { like })).then((measured) => {
      if (measured) setComparisonView({ run: null })
    })
  }
  return { run, runs: runs ?? NO_RUNS, progress, isRunning: busy !== null || isMeasured, start }
}

/** All requests of a run; undefined until they have been read, null when they are gone. */
export function useRunExchanges(run: string): readonly ExchangeSummary[] | null | undefined {
  const { data, isError } = useQuery({
    queryKey: ['comparison-exchanges', run],
    queryFn: () => api.comparison.exchanges({ id: run }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return isError ? null : data
}

/** One request of a run, whole; null until it has been read. */
export function useRunExchange(run: string, exchange: string | null): Exchange | null {
  const { data } = useQuery({
    queryKey: ['comparison-exchange', run, exchange],
    queryFn: () => api.comparison.exchange({ id: run, exchange: exchange ?? '' }),
    enabled: exchange !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return data ?? null
}
