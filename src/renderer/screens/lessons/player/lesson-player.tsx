import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lesson, LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { LessonRun, StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { TopologyPane } from '../../../panels/topology/topology-pane.tsx'
import { selectExchange, setUi, useUi } from '../../../state/ui-state.ts'
import { LessonPassage, LessonText } from '../lesson-text.tsx'
import { Checkpoint } from './checkpoint.tsx'
import { DoIt } from './do-it.tsx'
import { Evidence } from './evidence.tsx'
import classes from './player.module.css'
import { PlayerFoot } from './player-foot.tsx'
import { PlayerHead } from './player-head.tsx'
import { Outcome, Predict } from './predict.tsx'
import { PresenterNotes } from './presenter-notes.tsx'
import { StepList } from './step-list.tsx'

interface StepViewProps {
  readonly step: LessonStep
  readonly run: StepRun
  readonly place: number
  readonly all: number
  /** The lab is at this step. */
  readonly isCurrent: boolean
}

function StepView({ step, run, place, all, isCurrent }: StepViewProps) {
  const { t } = useTranslation('lessons')
  return (
    <article className={classes['step']}>
      <header>
        <span className="eyb">{t('stepOf', { place: place + 1, all })}</span>
        <h1>
          <LessonText words={step.title} />
        </h1>
        <div className={classes['narrative']}>
          {step.narrative.map((passage) => (
            <LessonPassage key={passage.en} passage={passage} />
          ))}
        </div>
      </header>
      {step.predict && <Predict key={step.id} question={step.predict} run={run} isCurrent={isCurrent} />}
      {step.do.length > 0 && <DoIt step={step} run={run} isCurrent={isCurrent} />}
      {step.predict && run.state === 'done' && <Outcome question={step.predict} run={run} />}
      <Checkpoint step={step} run={run} />
      {run.evidence.length > 0 && <Evidence step={step} run={run} />}
      {run.state === 'done' && step.after.length > 0 && (
        <section className={classes['after']} aria-label={t('after')}>
          <h2>{t('after')}</h2>
          {step.after.map((passage) => (
            <LessonPassage key={passage.en} passage={passage} />
          ))}
        </section>
      )}
    </article>
  )
}

/** The newest exchange of the step is the one whose path the picture shows. */
function useNewestSelected(run: StepRun): void {
  const newest = run.evidence.at(-1)?.id ?? null
  useEffect(() => {
    if (newest !== null) selectExchange(newest)
  }, [newest])
}

/** A lesson under way: steps at the left, the step in the middle, the lab's picture and the presenter's notes at the right. */
export function LessonPlayer({ lesson, run }: { readonly lesson: Lesson; readonly run: LessonRun }) {
  const { t } = useTranslation('lessons')
  const [viewed, setViewed] = useState(run.current)
  const areNotesShown = useUi((ui) => ui.areNotesShown)
  const areNotesElsewhere = useUi((ui) => ui.areNotesElsewhere)
  const middle = useRef<HTMLDivElement>(null)
  useEffect(() => setViewed(run.current), [run.current])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step is read from its top.
  useEffect(() => {
    middle.current?.scrollTo({ top: 0 })
  }, [viewed])
  const place = Math.min(viewed, run.current)
  const step = lesson.steps[place]
  const stepRun = run.steps[place]
  useNewestSelected(run.steps[run.current] as StepRun)
  if (!step || !stepRun) return null
  return (
    <section className={classes['player']} aria-label={t('player')}>
      <PlayerHead lesson={lesson} run={run} />
      <div className={classes['body']}>
        <StepList lesson={lesson} run={run} viewed={place} view={setViewed} />
        <div className={classes['middle']}>
          <div className={`${classes['scroll']} scroll`} ref={middle}>
            <StepView step={step} run={stepRun} place={place} all={lesson.steps.length} isCurrent={place === run.current} />
          </div>
          <PlayerFoot lesson={lesson} run={run} viewed={place} view={setViewed} />
        </div>
        <aside className={classes['side']} aria-label={t('side')}>
          <div className={classes['topology']}>
            <TopologyPane />
          </div>
          {areNotesShown && !areNotesElsewhere && step.notes && (
            <PresenterNotes notes={step.notes} openedAt={stepRun.openedAt} hide={() => setUi({ areNotesShown: false })} />
          )}
        </aside>
      </div>
    </section>
  )
}
