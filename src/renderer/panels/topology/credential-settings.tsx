import { IconShieldOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useLab } from '../../state/use-lab.ts'
import { LifetimeSettings } from '../credential-settings/lifetimes.tsx'
import { RevocationSettings } from '../credential-settings/revocation-settings.tsx'
import { TokenSettings } from '../credential-settings/token-settings.tsx'
import { SettingsPopover } from './settings-popover.tsx'

/** How credentials end: by revocation, by their account, by time. The button names the way that is in force. */
export function CredentialSettings() {
  const { t } = useTranslation('settings')
  const { t: words } = useTranslation('revocation')
  const way = useLab((lab) => lab.cluster.revocation)
  return (
    <SettingsPopover
      label={t('credentialsOpen')}
      words={words(`way.${way}.name`)}
      icon={<IconShieldOff size={14} stroke={1.75} aria-hidden />}
    >
      <RevocationSettings />
      <TokenSettings />
      <h3>{t('lifetimes')}</h3>
      <LifetimeSettings />
    </SettingsPopover>
  )
}
