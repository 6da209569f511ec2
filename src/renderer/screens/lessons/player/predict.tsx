// biome-ignore-all lint/a11y/useSemanticElements: a radio input cannot be drawn as a card.
import { IconBulb, IconCheck, IconLock, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { api } from '../../../api.ts'
import { useActions } from '../../../state/act.ts'
import { LessonPassage, LessonText } from '../lesson-text.tsx'
import classes from './player.module.css'

interface PredictProps {
  readonly question: NonNullable<LessonStep['predict']>
  readonly run: StepRun
  readonly isCurrent: boolean
}

/** What came of the prediction: the picked choice and why it is right or wrong, then the right one. */
export function Outcome({ question, run }: Omit<PredictProps, 'isCurrent'>) {
  const { t } = useTranslation('lessons')
  const picked = run.prediction === null ? undefined : question.choices[run.prediction]
  const right = question.choices.find(({ isRight }) => isRight)
  const shown = picked?.isRight ? [picked] : [picked, right].filter((choice) => choice !== undefined)
  return (
    <section className={`${classes['box']} ${classes['outcome']}`} aria-label={t('outcome')} role="status">
      {shown.map((choice) => {
        const Icon = choice.isRight ? IconCheck : IconX
        return (
          <div key={choice.text.en}>
            <Icon size={15} stroke={2} aria-hidden />
            <div>
              <b>
                {t(choice === picked ? (choice.isRight ? 'pickRight' : 'pickWrong') : 'rightAnswer')} <LessonText words={choice.text} />
              </b>
              <LessonPassage passage={choice.why} />
            </div>
          </div>
        )
      })}
    </section>
  )
}

/** The question before the run; locked as soon as the step has run. */
export function Predict({ question, run, isCurrent }: PredictProps) {
  const { t } = useTranslation('lessons')
  const { run: act } = useActions()
  const group = useRef<HTMLDivElement>(null)
  const isLocked = !isCurrent || run.state === 'done' || run.actions.some(({ state }) => state !== 'todo')
  const pick = (choice: number): void => {
    if (!isLocked) void act('predict', () => api.lessons.predict({ choice }))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (move === undefined || isLocked) return
    event.preventDefault()
    const next = ((run.prediction ?? (move > 0 ? -1 : 0)) + move + question.choices.length) % question.choices.length
    pick(next)
    group.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <section className={classes['box']} aria-label={t('predict')}>
      <div className={classes['boxHead']}>
        <IconBulb size={16} stroke={1.75} aria-hidden />
        <h2>{t('predict')}</h2>
        <span className="sp" />
        {isLocked && (
          <span className={classes['lock']}>
            <IconLock size={13} stroke={1.75} aria-hidden />
            {t('locked')}
          </span>
        )}
      </div>
      <p className={classes['question']}>
        <LessonText words={question.question} />
      </p>
      <div ref={group} className={classes['choices']} role="radiogroup" aria-label={t('predict')} onKeyDown={onKeyDown}>
        {question.choices.map((choice, index) => (
          <button
            key={choice.text.en}
            type="button"
            role="radio"
            aria-checked={run.prediction === index}
            tabIndex={run.prediction === index || (run.prediction === null && index === 0) ? 0 : -1}
            disabled={isLocked}
            onClick={() => pick(index)}
          >
            {run.prediction === index && <span className={classes['pick']}>{t('yourPick')}</span>}
            <LessonText words={choice.text} />
          </button>
        ))}
      </div>
    </section>
  )
}
