import { Switch } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { SETTABLE_WAYS } from '../../state/settable-ways.ts'
import { openList } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './credential-settings.module.css'

/** How access tokens end before their `exp`, and whether the account is read again for each. */
export function RevocationSettings() {
  const { t } = useTranslation('settings')
  const { t: words } = useTranslation('revocation')
  const revocation = useLab((lab) => lab.cluster.revocation)
  const recheckAccount = useLab((lab) => lab.cluster.recheckAccount)
  const { busy, run } = useActions()
  const group = useId()
  const isBusy = busy !== null
  return (
    <>
      <fieldset className={classes['ways']}>
        <legend>{t('revocation')}</legend>
        {SETTABLE_WAYS.map((way) => (
          <label key={way} className={classes['way']}>
            <input
              type="radio"
              name={group}
              checked={way === revocation}
              onChange={() => !isBusy && void run('revocation', () => api.cluster.change({ revocation: way }))}
            />
            <span>
              <b>{words(`way.${way}.name`)}</b>
              <span className={classes['note']}>{words(`way.${way}.does`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className={classes['about']} aria-live="polite">
        {isBusy ? t('rolling') : t('revocationNote')}{' '}
        <button type="button" className="lk" onClick={() => openList('revocations')}>
          {t('compareWays')}
        </button>
      </p>
      <Switch
        size="xs"
        label={t('recheck')}
        description={t('recheckNote')}
        checked={recheckAccount}
        onChange={(event) => {
          const recheck = event.currentTarget.checked
          void run('recheck', () => api.cluster.change({ recheckAccount: recheck }))
        }}
      />
    </>
  )
}
