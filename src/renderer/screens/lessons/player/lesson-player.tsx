import { type Ref, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lesson, LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { LessonRun, StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { TopologyPane } from '../../../panels/topology/topology-pane.tsx'
import { Announcer } from '../../../panels/traffic/announcer.tsx'
import { selectExchange, setUi, useUi } from '../../../state/ui-state.ts'
import { LessonPassage, LessonText } from '../lesson-text.tsx'
import { Checkpoint } from './checkpoint.tsx'
import { DoIt } from './do-it.tsx'
import { Evidence } from './evidence.tsx'
import { isFocusLost } from './lost-focus.ts'
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
  readonly heading: Ref<HTMLHeadingElement>
}

/** What came of the prediction, what it means, and the checkpoint; comes into view, and takes the keyboard over, at the moment the checkpoint holds. */
function Results({ step, run }: Pick<StepViewProps, 'step' | 'run'>) {
  const { t } = useTranslation('lessons')
  const part = useRef<HTMLElement>(null)
  const isDone = run.state === 'done'
  const wasDone = useRef(isDone)
  useEffect(() => {
    if (isDone && !wasDone.current) {
      if (isFocusLost()) part.current?.focus({ preventScroll: true })
      part.current?.scrollIntoView({ block: 'nearest' })
    }
    wasDone.current = isDone
  }, [isDone])
  return (
    <section ref={part} tabIndex={-1} className={classes['came']} aria-label={t('results')}>
      {isDone && step.predict && <Outcome question={step.predict} run={run} />}
      {isDone && step.after.length > 0 && (
        <section className={classes['after']} aria-label={t('after')}>
          <h2>{t('after')}</h2>
          {step.after.map((passage) => (
            <LessonPassage key={passage.en} passage={passage} />
          ))}
        </section>
      )}
      <Checkpoint step={step} run={run} />
    </section>
  )
}

function StepView({ step, run, place, all, isCurrent, heading }: StepViewProps) {
  const { t } = useTranslation('lessons')
  return (
    <article className={classes['step']}>
      <header>
        <span className="eyb">{t('stepOf', { place: place + 1, all })}</span>
        <h1 ref={heading} tabIndex={-1}>
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
      <Results key={`${step.id} came`} step={step} run={run} />
      {run.evidence.length > 0 && <Evidence step={step} run={run} />}
    </article>
  )
}

/** The newest exchange of the lesson is the one whose path the picture shows; before the first there is none to show. */
function useNewestSelected({ steps }: LessonRun): void {
  const newest = steps.findLast(({ evidence }) => evidence.length > 0)?.evidence.at(-1)?.id ?? null
  useEffect(() => selectExchange(newest), [newest])
}

/** The step on show is read from its top, by eye and by keyboard. A lesson that is come back to takes the keyboard only when nothing else has it. */
function useReadFromTop(viewed: number): { middle: Ref<HTMLDivElement>; heading: Ref<HTMLHeadingElement> } {
  const middle = useRef<HTMLDivElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const last = useRef<number | null>(null)
  useEffect(() => {
    if (last.current === viewed) return
    middle.current?.scrollTo({ top: 0 })
    if (last.current !== null || isFocusLost()) heading.current?.focus({ preventScroll: true })
    last.current = viewed
  }, [viewed])
  return { middle, heading }
}

/** A lesson under way: steps at the left, the step in the middle, the lab's picture and the presenter's notes at the right. */
export function LessonPlayer({ lesson, run }: { readonly lesson: Lesson; readonly run: LessonRun }) {
  const { t } = useTranslation('lessons')
  const [viewed, setViewed] = useState(run.current)
  const areNotesShown = useUi((ui) => ui.areNotesShown)
  const areNotesElsewhere = useUi((ui) => ui.areNotesElsewhere)
  useEffect(() => setViewed(run.current), [run.current])
  const place = Math.min(viewed, run.current)
  const { middle, heading } = useReadFromTop(place)
  const step = lesson.steps[place]
  const stepRun = run.steps[place]
  useNewestSelected(run)
  if (!step || !stepRun) return null
  return (
    <section className={classes['player']} aria-label={t('player')}>
      <PlayerHead lesson={lesson} run={run} />
      <div className={classes['body']}>
        <StepList lesson={lesson} run={run} viewed={place} view={setViewed} />
        <div className={classes['middle']}>
          <div className={`${classes['scroll']} scroll`} ref={middle}>
            <StepView
              step={step}
              run={stepRun}
              place={place}
              all={lesson.steps.length}
              isCurrent={place === run.current}
              heading={heading}
            />
          </div>
          <PlayerFoot lesson={lesson} run={run} viewed={place} view={setViewed} />
          <Announcer />
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
