import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MAX_EXTRA_CLAIMS } from '../../../contract/cluster.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './credential-settings.module.css'

/** Small, under and over what a cookie may hold, and more than a header section may. */
const GROUPS = [0, 10, 20, 40, MAX_EXTRA_CLAIMS] as const

/** What access tokens say besides, and how tokens travel in cookies. */
export function TokenSettings() {
  const { t } = useTranslation('settings')
  const cookiePrefix = useLab((lab) => lab.cluster.cookiePrefix)
  const extraClaims = useLab((lab) => lab.cluster.extraClaims)
  const { busy, run } = useActions()
  const isBusy = busy !== null
  return (
    <>
      <fieldset className={classes['ways']}>
        <legend>
          {t('groups')}
          <span className={classes['note']}>{t('groupsNote')}</span>
        </legend>
        <div className={classes['row']}>
          {GROUPS.map((count) => (
            <button
              key={count}
              type="button"
              className="btn sm"
              aria-pressed={count === extraClaims}
              aria-disabled={isBusy}
              onClick={() => !isBusy && void run('groups', () => api.cluster.change({ extraClaims: count }))}
            >
              {count}
            </button>
          ))}
        </div>
      </fieldset>
      <Switch
        size="xs"
        label={t('cookiePrefix')}
        description={t('cookiePrefixNote')}
        checked={cookiePrefix}
        onChange={(event) => {
          const wanted = event.currentTarget.checked
          void run('prefix', () => api.cluster.change({ cookiePrefix: wanted }))
        }}
      />
    </>
  )
}
