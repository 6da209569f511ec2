import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { MAX_SESSIONS_LISTED, type SessionRow } from '../../contract/sessions.ts'
import { api } from '../api.ts'
import { useLab } from './use-lab.ts'

const READ_AGAIN_MS = 2000
const KEY = ['list', 'sessions']

/**
 * All rows of the session store, up to {@link MAX_SESSIONS_LISTED}. They come by events; a store with more rows than the state holds is
 * read whole, and again when rows change, but not with every change.
 */
export function useSessions(): readonly SessionRow[] {
  const known = useLab((lab) => lab.sessions)
  const isWhole = useLab((lab) => lab.hasAllSessions)
  const generation = useLab((lab) => lab.generation)
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that changed are the reason to read them again.
  useEffect(() => {
    if (isWhole || timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey: KEY })
    }, READ_AGAIN_MS)
  }, [known, isWhole, queries])
  const { data } = useQuery({
    queryKey: [...KEY, generation],
    queryFn: () => api.sessions.list({ limit: MAX_SESSIONS_LISTED }),
    enabled: !isWhole,
    placeholderData: keepPreviousData,
  })
  return useMemo(() => (isWhole || data === undefined ? [...known.values()] : data), [known, isWhole, data])
}
