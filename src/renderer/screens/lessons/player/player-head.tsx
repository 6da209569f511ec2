import { Switch } from '@mantine/core'
import { IconRefresh, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Lesson } from '../../../../contract/lessons/lesson.ts'
import type { LessonRun } from '../../../../contract/lessons/lesson-run.ts'
import { api } from '../../../api.ts'
import { useActions } from '../../../state/act.ts'
import { setUi, useUi } from '../../../state/ui-state.ts'
import { LessonText } from '../lesson-text.tsx'
import classes from './player.module.css'

/** Title, how far the lesson is, and the ways out of it. */
export function PlayerHead({ lesson, run }: { readonly lesson: Lesson; readonly run: LessonRun }) {
  const { t } = useTranslation('lessons')
  const areNotesShown = useUi((ui) => ui.areNotesShown)
  const areNotesElsewhere = useUi((ui) => ui.areNotesElsewhere)
  const { busy, run: act } = useActions()
  const done = run.steps.filter(({ state }) => state === 'done').length
  const all = lesson.steps.length
  const left = Math.ceil((lesson.minutes * (all - done)) / all)
  return (
    <header className={classes['head']}>
      <h1 className="trunc">
        <LessonText words={lesson.title} />
      </h1>
      <div
        className={classes['progress']}
        role="progressbar"
        aria-label={t('progress')}
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={done}
      >
        {run.steps.map(({ id, state }) => (
          <i key={id} className={classes[state]} />
        ))}
      </div>
      <span className={classes['left']}>{t(done === all ? 'allDone' : 'left', { done, all, count: left })}</span>
      <span className="sp" />
      <Switch
        className={classes['notesSwitch']}
        label={t('notes')}
        labelPosition="left"
        size="xs"
        checked={areNotesShown && !areNotesElsewhere}
        disabled={areNotesElsewhere}
        title={areNotesElsewhere ? t('notesElsewhere') : undefined}
        onChange={(event) => setUi({ areNotesShown: event.currentTarget.checked })}
      />
      <button
        type="button"
        className="btn gh"
        disabled={busy !== null}
        title={t('resetStepWhy')}
        onClick={() => void act('reset', () => api.lessons.resetStep())}
      >
        <IconRefresh size={15} stroke={1.75} aria-hidden />
        {t(busy === 'reset' ? 'resetting' : 'resetStep')}
      </button>
      <button
        type="button"
        className="btn"
        disabled={busy !== null}
        title={t('leaveWhy')}
        onClick={() => void act('leave', () => api.lessons.leave())}
      >
        <IconX size={15} stroke={1.75} aria-hidden />
        {t('leave')}
      </button>
    </header>
  )
}
