import { IconEyeOff, IconFlag, IconSnowflake } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lesson, LessonStep } from '../../../contract/lessons/lesson.ts'
import type { LessonRun, StepRun } from '../../../contract/lessons/lesson-run.ts'
import { api } from '../../api.ts'
import { tellFrozen } from '../../presenter/notes-link.ts'
import { useActions } from '../../state/act.ts'
import { restoreCheckpoint } from '../../state/snapshots.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { LessonText } from '../lessons/lesson-text.tsx'
import { minutesAndSeconds, NOTE_PARTS } from '../lessons/player/presenter-notes.tsx'
import { useLessonUnderWay } from '../lessons/use-lessons.ts'
import { CueColumn } from './cue-column.tsx'
import classes from './notes.module.css'
import { useCues } from './use-cues.ts'

/** Real time, counted on by the second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

interface SpentProps {
  readonly label: string
  /** Null: it has not begun. */
  readonly since: number | null
  readonly minutes: number
  readonly now: number
}

function Spent({ label, since, minutes, now }: SpentProps) {
  const { t } = useTranslation('presenter')
  const spentMs = since === null ? 0 : now - since
  const allMs = minutes * 60_000
  const isOver = spentMs > allMs && allMs > 0
  const params = { spent: minutesAndSeconds(spentMs), all: minutesAndSeconds(allMs) }
  return (
    <div className={isOver ? classes['over'] : undefined}>
      <dt>{label}</dt>
      <dd className="mono">{t(isOver ? 'notes.over' : 'notes.of', params)}</dd>
    </div>
  )
}

function Timers({ lesson, run }: { readonly lesson: Lesson | null; readonly run: LessonRun | null }) {
  const { t } = useTranslation('presenter')
  const { list } = useCues()
  const now = useNow()
  const notes = run && lesson?.steps[run.current]?.notes
  const planned = list.cues.reduce((sum, { minutes }) => sum + minutes, 0)
  const ofLesson =
    (list.current !== null && list.cues[list.current]?.lesson === lesson?.id && list.cues[list.current]?.minutes) || lesson?.minutes
  return (
    <dl className={classes['timers']}>
      <Spent label={t('notes.stepTime')} since={run?.steps[run.current]?.openedAt ?? null} minutes={notes?.minutes ?? 0} now={now} />
      <Spent label={t('notes.lessonTime')} since={run?.startedAt ?? null} minutes={ofLesson ?? 0} now={now} />
      {planned > 0 && <Spent label={t('notes.classTime')} since={list.startedAt} minutes={planned} now={now} />}
    </dl>
  )
}

/** The question with its answer, which the page shows to nobody before, and the action that is next. */
function Ahead({ step, stepRun }: { readonly step: LessonStep; readonly stepRun: StepRun }) {
  const { t } = useTranslation('presenter')
  const right = step.predict?.choices.find(({ isRight }) => isRight)
  const next = stepRun.actions.findIndex(({ state }) => state !== 'done')
  const action = step.do[next]
  return (
    <dl className={`${classes['parts']} ${classes['ahead']}`}>
      {step.predict && right && (
        <>
          <div>
            <dt>{t('notes.question')}</dt>
            <dd>
              <LessonText words={step.predict.question} />
            </dd>
          </div>
          <div>
            <dt>{t('notes.answer')}</dt>
            <dd>
              <b>
                <LessonText words={right.text} />
              </b>
              <br />
              <LessonText words={right.why} />
            </dd>
          </div>
        </>
      )}
      {action && (
        <div>
          <dt>{t('notes.action', { place: next + 1, all: step.do.length })}</dt>
          <dd>
            <LessonText words={action.label} />
          </dd>
        </div>
      )}
    </dl>
  )
}

function StepNotes({ lesson, run }: { readonly lesson: Lesson; readonly run: LessonRun }) {
  const { t } = useTranslation('presenter')
  const { t: words } = useTranslation('lessons')
  const step = lesson.steps[run.current]
  const stepRun = run.steps[run.current]
  const then = lesson.steps[run.current + 1]
  if (!step || !stepRun) return null
  return (
    <article className={classes['step']}>
      <p className={classes['place']}>{t('notes.step', { place: run.current + 1, all: lesson.steps.length })}</p>
      <h2>
        <LessonText words={step.title} />
      </h2>
      {step.notes ? (
        <dl className={classes['parts']}>
          {NOTE_PARTS.flatMap((part) => {
            const text = step.notes?.[part]
            return text === undefined
              ? []
              : [
                  <div key={part}>
                    <dt>{words(`note.${part}`)}</dt>
                    <dd>
                      <LessonText words={text} />
                    </dd>
                  </div>,
                ]
          })}
        </dl>
      ) : (
        <p className="dim">{t('notes.noNotes')}</p>
      )}
      <Ahead step={step} stepRun={stepRun} />
      <p className={classes['then']}>
        {then ? (
          <>
            {t('notes.nextStep', { title: '' })}
            <LessonText words={then.title} />
          </>
        ) : (
          t('notes.lastStep')
        )}
      </p>
    </article>
  )
}

function Controls({ lesson, run }: { readonly lesson: Lesson | null; readonly run: LessonRun | null }) {
  const { t } = useTranslation('presenter')
  const isFrozen = useUi((ui) => ui.isFrozen)
  const { busy, run: act } = useActions()
  const step = run?.steps[run.current]
  const hasLeft = step?.actions.some(({ state }) => state !== 'done') ?? false
  const isLast = run !== null && lesson !== null && run.current === lesson.steps.length - 1
  const canGoOn = step?.state === 'done' && !isLast
  const freeze = (): void => {
    setUi({ isFrozen: !isFrozen })
    tellFrozen(!isFrozen)
  }
  return (
    <footer className={classes['controls']}>
      <button type="button" className="btn" aria-pressed={isFrozen} onClick={freeze}>
        <IconSnowflake size={15} stroke={1.75} aria-hidden />
        {t(isFrozen ? 'notes.thaw' : 'notes.freeze')}
      </button>
      <button type="button" className="btn" disabled={busy !== null} onClick={() => void act('checkpoint', () => restoreCheckpoint())}>
        <IconFlag size={15} stroke={1.75} aria-hidden />
        {t('notes.checkpoint')}
      </button>
      <span className="sp" />
      {run && (
        <>
          <button
            type="button"
            className="btn gh"
            disabled={busy !== null}
            onClick={() => void act('reset', () => api.lessons.resetStep())}
          >
            {t('notes.resetStep')}
          </button>
          <button
            type="button"
            className="btn"
            disabled={busy !== null || !hasLeft}
            onClick={() => void act('do', () => api.lessons.act())}
          >
            {t('notes.doIt')}
          </button>
          <button
            type="button"
            className="btn pri"
            disabled={busy !== null || !canGoOn}
            title={canGoOn ? undefined : t(isLast ? 'notes.lastStep' : 'notes.nextWhy')}
            onClick={() => void act('next', () => api.lessons.next())}
          >
            {t('notes.next')}
          </button>
        </>
      )}
    </footer>
  )
}

/** The presenter's own window: what to say at the step under way, the times, and what comes next. It is never what a room sees. */
export function NotesScreen() {
  const { t } = useTranslation('presenter')
  const run = useLab((lab) => lab.lesson)
  const lesson = useLessonUnderWay()
  useEffect(() => {
    document.title = `AuthLab · ${t('notes.title')}`
  }, [t])
  return (
    <div className={classes['window']}>
      <header className={classes['head']}>
        <div>
          <p className={classes['only']}>
            <IconEyeOff size={14} stroke={1.75} aria-hidden />
            {t('notes.onlyHere')}
          </p>
          <h1 className="trunc">{lesson ? <LessonText words={lesson.title} /> : t('notes.title')}</h1>
        </div>
        <Timers lesson={lesson} run={run} />
      </header>
      <div className={classes['body']}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so that keys must reach it. */}
        <main className={`${classes['main']} scroll`} tabIndex={0} aria-label={t('notes.title')}>
          {run && lesson ? (
            <StepNotes lesson={lesson} run={run} />
          ) : (
            <div className={classes['none']}>
              <b>{t('notes.noLesson')}</b>
              <p>{t('notes.noLessonDo')}</p>
            </div>
          )}
        </main>
        <CueColumn />
      </div>
      <Controls lesson={lesson} run={run} />
    </div>
  )
}
