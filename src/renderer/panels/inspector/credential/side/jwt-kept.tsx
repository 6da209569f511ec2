import { useTranslation } from 'react-i18next'
import type { ReadToken } from '../../../../../protocol/read-token.ts'
import { useFamilies, useTokens } from '../../../../state/lists.ts'
import { openList } from '../../../../state/ui-state.ts'
import { useLab } from '../../../../state/use-lab.ts'
import facts from './facts.module.css'

const textOf = (claim: unknown): string | null => (typeof claim === 'string' && claim !== '' ? claim : null)

/** What the server keeps because of this token: nothing, or what its revocation left behind. */
function OfItself({ jti }: { readonly jti: string }) {
  const { t } = useTranslation('credential')
  const way = useLab((lab) => lab.cluster.revocation)
  const { data } = useTokens({ q: jti, limit: 2 })
  const token = data?.find((candidate) => candidate.jti === jti)
  const words = token?.state === 'revoked' ? t(`kept.${way}`) : t('kept.nothing')
  return (
    <li>
      <span>{t('kept.label')}</span>
      <span className="trunc" title={words}>
        {words}
      </span>
    </li>
  )
}

/** The family of refresh tokens that began with the same login. */
function OfItsLogin({ sid, account }: { readonly sid: string; readonly account: string }) {
  const { t } = useTranslation('credential')
  const { data } = useFamilies({ account, limit: 1000 })
  const family = data?.find(({ id }) => id.startsWith(sid))
  if (!family) return null
  const words = t(`family.${family.state}`, { count: family.members.length })
  return (
    <li>
      <span>{t('family.label')}</span>
      <button type="button" className={`trunc ${facts['quiet']}`} title={t('family.open')} onClick={() => openList('families', family.id)}>
        {words}
      </button>
    </li>
  )
}

/** What the server keeps that has to do with a token. */
export function JwtKept({ read: { payload } }: { readonly read: ReadToken }) {
  const jti = textOf(payload?.['jti'])
  const sid = textOf(payload?.['sid'])
  const account = textOf(payload?.['sub'])
  return (
    <>
      {jti !== null && <OfItself jti={jti} />}
      {sid !== null && account !== null && <OfItsLogin sid={sid} account={account} />}
    </>
  )
}
