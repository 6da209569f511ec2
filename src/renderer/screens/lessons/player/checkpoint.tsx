import { IconCheck, IconCircle, IconFlag, IconRefresh, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { api } from '../../../api.ts'
import { useActions } from '../../../state/act.ts'
import { LessonText } from '../lesson-text.tsx'
import { isAsked } from './is-asked.ts'
import classes from './player.module.css'

const ICONS = { held: IconCheck, missed: IconX, open: IconCircle } as const

function Checks({ step, run }: { readonly step: LessonStep; readonly run: StepRun }) {
  const { t } = useTranslation('lessons')
  return (
    <ul className={classes['checks']}>
      {step.check.map((check, index) => {
        const { isHeld = null, found = null } = run.checks[index] ?? {}
        const state = isHeld === null ? 'open' : isHeld ? 'held' : 'missed'
        const Icon = ICONS[state]
        return (
          <li key={check.label.en} className={classes[state]}>
            <Icon size={14} stroke={2} aria-label={t(`check.${state}`)} />
            <span>
              <LessonText words={check.label} />
            </span>
            {found !== null && (
              <span className={`mono ${classes['found']}`} title={found}>
                {found}
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** What the step has to show, and whether it did. Ink, not green: nobody was allowed or denied here. */
export function Checkpoint({ step, run }: { readonly step: LessonStep; readonly run: StepRun }) {
  const { t } = useTranslation('lessons')
  const { busy, run: act } = useActions()
  const isMissed = run.checks.some(({ isHeld }) => isHeld === false)
  return (
    <section className={classes['box']} aria-label={t('checkpoint')}>
      <div className={classes['boxHead']}>
        <IconFlag size={16} stroke={1.75} aria-hidden />
        <h2>{t('checkpoint')}</h2>
        <span className="dim" role="status">
          {t(run.state === 'done' ? 'holds' : isMissed ? 'holdsNot' : 'waits')}
        </span>
      </div>
      {isAsked(step, run) ? <p className="dim">{t('checksLater', { count: step.check.length })}</p> : <Checks step={step} run={run} />}
      {isMissed && (
        <div className={classes['missedHint']}>
          <p>{t('holdsNotDo')}</p>
          <button type="button" className="btn" disabled={busy !== null} onClick={() => void act('reset', () => api.lessons.resetStep())}>
            <IconRefresh size={15} stroke={1.75} aria-hidden />
            {t(busy === null ? 'resetStep' : 'resetting')}
          </button>
        </div>
      )}
    </section>
  )
}
