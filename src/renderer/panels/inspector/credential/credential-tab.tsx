import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { Note } from '../note.tsx'
import { findCredential } from './find-credential.ts'
import { JwtView } from './jwt-view.tsx'
import { SessionView } from './session-view.tsx'

/** The credential of the exchange, taken apart and explained. */
export function CredentialTab({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const credential = findCredential(exchange)
  if (credential === null) return <Note title={t('credential.none')} text={t('credential.noneHint')} />
  return credential.kind === 'jwt' ? (
    <JwtView credential={credential} exchange={exchange} />
  ) : (
    <SessionView credential={credential} exchange={exchange} />
  )
}
