import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, reasonOf } from '../../api.ts'
import { saveText } from '../../desktop.ts'
import { labDate } from '../../panels/inspector/dates.ts'
import { notify, useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './assessment.module.css'
import { ItemList } from './item-list.tsx'
import { reportOf } from './report.ts'

/** The settings of the target held against the checklist; asked again whenever one of them changes. */
export function SettingsAssessment() {
  const { t, i18n } = useTranslation('assessment')
  const cluster = useLab((lab) => lab.cluster)
  const nodes = useLab((lab) => lab.nodes)
  // What changes of a node that the checklist asks about; its counters change all the time.
  const differences = nodes.map(({ id, state, clockSkewMs, jwksFrozen, hasOwnCookieSecret }) => [
    id,
    state,
    clockSkewMs,
    jwksFrozen,
    hasOwnCookieSecret,
  ])
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['assessment', cluster, JSON.stringify(differences)],
    queryFn: () => api.assessment.settings(),
    placeholderData: (before) => before,
  })
  const { busy, run } = useActions()
  const save = async (): Promise<void> => {
    if (!data) return
    const about = [t('settings'), t('reportAt', { time: labDate(data.labTime, data.labTime, i18n.language) })]
    if (await run('save', () => saveText('authlab-assessment.md', reportOf(data.items, about)))) notify(t('exported'))
  }
  return (
    <>
      <div className={classes['bar']}>
        <p className={classes['hint']}>{t('settingsHint')}</p>
        <span className="sp" />
        <button type="button" className="btn sm" disabled={isFetching} onClick={() => void refetch()}>
          <IconRefresh size={14} stroke={1.75} aria-hidden />
          {t('again')}
        </button>
        <button type="button" className="btn sm" disabled={!data || busy !== null} onClick={() => void save()}>
          <IconDownload size={14} stroke={1.75} aria-hidden />
          {t('export')}
        </button>
      </div>
      {error && <p role="alert">{reasonOf(error)}</p>}
      {data && <ItemList items={data.items} label={t('settings')} />}
    </>
  )
}
