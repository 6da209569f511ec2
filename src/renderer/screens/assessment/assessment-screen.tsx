import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice } from '../../ui/choice.tsx'
import classes from './assessment.module.css'
import { HarFile } from './har-file.tsx'
import { SettingsAssessment } from './settings-assessment.tsx'

type Subject = 'settings' | 'har'

/** Settings of this lab, or traffic of another application, held against the checklist. */
export function AssessmentScreen() {
  const { t } = useTranslation('assessment')
  const [subject, setSubject] = useState<Subject>('settings')
  return (
    <section className={`pane ${classes['screen']}`} aria-label={t('title')}>
      <div className="ph">
        <h2>{t('title')}</h2>
        <Choice<Subject>
          label={t('tabs')}
          value={subject}
          options={[
            ['settings', t('settings')],
            ['har', t('har')],
          ]}
          choose={setSubject}
        />
      </div>
      <div className={`scroll ${classes['body']}`}>
        <div className={classes['column']}>{subject === 'settings' ? <SettingsAssessment /> : <HarFile />}</div>
      </div>
    </section>
  )
}
