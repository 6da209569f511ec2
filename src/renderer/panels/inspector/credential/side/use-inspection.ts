import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { TokenInspection } from '../../../../../contract/token-inspection.ts'
import { dateClaim, readToken } from '../../../../../protocol/read-token.ts'
import { api } from '../../../../api.ts'
import { useLabSecond } from '../../../../state/lab-time.ts'
import { useLab } from '../../../../state/use-lab.ts'

/** Changes with every rotation: what verifies with what has to be asked anew then. */
const useKeysVersion = (): string =>
  useLab((lab) => lab.nodes.map(({ id, signingKeyId, verifyingKeyIds }) => `${id} ${signingKeyId} ${verifyingKeyIds.join()}`).join(';'))

/** What the lab makes of a token: it is posted to the control API of this computer, and nowhere else. Null while it is asked. */
export function useInspection(token: string, cookieName: string | null): { inspection: TokenInspection | null; error: unknown } {
  const keys = useKeysVersion()
  // Whether a token can be revoked, and whether its account is read, is asked anew when the operator changes it.
  const rules = useLab((lab) => `${lab.cluster.revocation} ${lab.cluster.recheckAccount}`)
  const now = useLabSecond()
  const { payload } = useMemo(() => readToken(token), [token])
  // What can be found depends on whether its time has come and gone, not on every second.
  const hasEnded = now >= (dateClaim(payload, 'exp') ?? Number.POSITIVE_INFINITY)
  const hasBegun = now >= (dateClaim(payload, 'nbf') ?? 0)
  const { data, error } = useQuery({
    queryKey: ['token-inspection', token, cookieName, keys, rules, hasBegun, hasEnded],
    queryFn: () => api.tokenInspection.inspect({ token, ...(cookieName === null ? {} : { cookieName }) }),
    enabled: token !== '',
    // What was pasted is not kept longer than it is looked at.
    gcTime: 0,
    retry: false,
  })
  return { inspection: data ?? null, error }
}
