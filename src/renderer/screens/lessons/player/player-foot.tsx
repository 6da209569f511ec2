import { IconArrowLeft, IconArrowRight, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Lesson } from '../../../../contract/lessons/lesson.ts'
import type { LessonRun } from '../../../../contract/lessons/lesson-run.ts'
import { api } from '../../../api.ts'
import { notify, useActions } from '../../../state/act.ts'
import { useWords } from '../lesson-text.tsx'
import classes from './player.module.css'

interface FootProps {
  readonly lesson: Lesson
  readonly run: LessonRun
  readonly viewed: number
  readonly view: (place: number) => void
}

/** Back to look at an earlier step; on as soon as the checkpoint holds. */
export function PlayerFoot({ lesson, run, viewed, view }: FootProps) {
  const { t } = useTranslation('lessons')
  const words = useWords()
  const { busy, run: act } = useActions()
  const next = lesson.steps[viewed + 1]
  const isBehind = viewed < run.current
  const isDone = run.steps[viewed]?.state === 'done'
  const finish = async (): Promise<void> => {
    await api.lessons.leave()
    notify(t('finished', { title: words(lesson.title) }))
  }
  const goOn = (): void => {
    if (isBehind) view(viewed + 1)
    else if (next) void act('next', () => api.lessons.next())
    else void act('finish', finish)
  }
  return (
    <footer className={classes['foot']}>
      <button type="button" className="btn" disabled={viewed === 0} onClick={() => view(viewed - 1)}>
        <IconArrowLeft size={15} stroke={1.75} aria-hidden />
        {t('back')}
      </button>
      <span className="sp" />
      {!isDone && !isBehind && <span className="dim trunc">{t('unlocks')}</span>}
      <button
        type="button"
        className={isDone || isBehind ? 'btn pri' : 'btn'}
        disabled={busy !== null || (!isDone && !isBehind)}
        title={isDone || isBehind ? undefined : t('unlocks')}
        onClick={goOn}
      >
        <span className="trunc">{next ? t('next', { title: words(next.title) }) : t('finish')}</span>
        {next ? <IconArrowRight size={15} stroke={1.75} aria-hidden /> : <IconCheck size={15} stroke={1.75} aria-hidden />}
      </button>
    </footer>
  )
}
