import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ListName } from '../../contract/events.ts'
import { api } from '../api.ts'
import { useLab } from './use-lab.ts'

/** How many families are read at most; the contract allows no more. */
export const MAX_FAMILIES = 1000
/** How many entries of the denylist are read at most; the contract allows no more. */
export const MAX_DENYLIST = 10_000

/** What the lab tells that a list has changed is all that makes it old. */
const WHEN_TOLD = { staleTime: Number.POSITIVE_INFINITY, retry: 1, placeholderData: keepPreviousData } as const

/** Access tokens seen being issued, newest first; kept up to date while shown. */
export const useTokens = (filter: Parameters<typeof api.tokens.list>[0]) =>
  useQuery({ queryKey: ['tokens' satisfies ListName, filter], queryFn: () => api.tokens.list(filter), ...WHEN_TOLD })

/** Families of refresh tokens, newest first; kept up to date while shown. */
export const useFamilies = (filter: Parameters<typeof api.refreshFamilies.list>[0]) =>
  useQuery({ queryKey: ['families' satisfies ListName, filter], queryFn: () => api.refreshFamilies.list(filter), ...WHEN_TOLD })

/** The keyring without its secrets; kept up to date while shown. */
export const useKeyring = () => useQuery({ queryKey: ['keys' satisfies ListName], queryFn: () => api.keys.list(), ...WHEN_TOLD })

/** What is kept to end access tokens early, newest first; kept up to date while shown. */
export const useDenylist = () =>
  useQuery({ queryKey: ['denylist' satisfies ListName], queryFn: () => api.denylist.list({ limit: MAX_DENYLIST }), ...WHEN_TOLD })

/** The audit log, newest first; kept up to date while shown. */
export const useAudit = (filter: Parameters<typeof api.audit.list>[0]) =>
  useQuery({ queryKey: ['audit' satisfies ListName, filter], queryFn: () => api.audit.list(filter), ...WHEN_TOLD })

/** Whom an emergency rotation would log out; read anew whenever it is asked, and kept up to date while shown. */
export function useRotationImpact() {
  const signing = useLab((lab) => lab.keyring.keys[0]?.kid)
  const cookieSecret = useLab((lab) => lab.keyring.cookieSecrets[0]?.id)
  const sessions = useLab((lab) => lab.sessions.size)
  return useQuery({
    ...WHEN_TOLD,
    queryKey: ['tokens' satisfies ListName, 'impact', signing, cookieSecret, sessions],
    queryFn: () => api.keys.impact(),
    refetchOnMount: 'always',
  })
}
