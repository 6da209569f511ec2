import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Lesson } from '../../../../contract/lessons/lesson.ts'
import type { LessonRun } from '../../../../contract/lessons/lesson-run.ts'
import { LessonText, useWords } from '../lesson-text.tsx'
import { isAsked } from './is-asked.ts'
import classes from './player.module.css'

interface StepListProps {
  readonly lesson: Lesson
  readonly run: LessonRun
  readonly viewed: number
  readonly view: (place: number) => void
}

/** All steps with what their checkpoints ask for; those that were opened can be looked at. */
export function StepList({ lesson, run, viewed, view }: StepListProps) {
  const { t } = useTranslation('lessons')
  const words = useWords()
  return (
    <nav className={`${classes['steps']} scroll`} aria-label={t('steps')}>
      <ol>
        {lesson.steps.map((step, place) => {
          const state = run.steps[place]?.state ?? 'ahead'
          return (
            <li key={step.id} className={classes[`${state}Step`]}>
              <button
                type="button"
                disabled={place > run.current}
                aria-current={place === viewed ? 'step' : undefined}
                title={words(step.title)}
                onClick={() => view(place)}
              >
                <span className={classes['mark']}>{state === 'done' ? <IconCheck size={14} stroke={2.5} aria-hidden /> : place + 1}</span>
                <span className={classes['stepWords']}>
                  <b>
                    <LessonText words={step.title} />
                  </b>
                  <span>
                    <span className="sr">{t(`stepState.${state}`)} </span>
                    {isAsked(step, run.steps[place]) ? t('goalLater') : <LessonText words={step.goal} />}
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
