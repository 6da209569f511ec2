import { IconAlertTriangle, IconCheck, IconClock, IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonFile, LessonProgress, LessonSummary } from '../../../contract/lessons.ts'
import { api, reasonOf } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { LessonText, useWords } from './lesson-text.tsx'
import classes from './lessons.module.css'
import { isFocusLost } from './player/lost-focus.ts'
import { useLessonList } from './use-lessons.ts'

interface CardProps {
  readonly lesson: LessonSummary
  readonly progress: LessonProgress | undefined
  readonly busy: string | null
  /** The one to take now: the first that is not completed. */
  readonly isNext: boolean
  /** The lesson that was just left, whose buttons take the keyboard over. */
  readonly isLeft: boolean
  readonly start: (id: string, from?: LessonProgress) => void
}

/** Begins the lesson: where it was left, when it was, or from its start. */
function StartButtons({ lesson, progress, busy, isNext, isLeft, start }: CardProps) {
  const { t } = useTranslation('lessons')
  const title = useWords()(lesson.title)
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isLeft && isFocusLost()) first.current?.focus()
  }, [isLeft])
  const isComplete = progress !== undefined && progress.completedAt !== null
  const isBegun = progress !== undefined && progress.steps.length > 0 && !isComplete
  const words = t(busy === lesson.id ? 'starting' : isBegun ? 'continue' : isComplete ? 'again' : 'start')
  return (
    <>
      {isBegun && (
        <button
          type="button"
          className="btn gh"
          aria-label={t('of', { words: t('fromStart'), title })}
          disabled={busy !== null}
          onClick={() => start(lesson.id)}
        >
          {t('fromStart')}
        </button>
      )}
      <button
        ref={first}
        type="button"
        className={isNext ? 'btn pri' : 'btn'}
        aria-label={t('of', { words, title })}
        disabled={busy !== null}
        onClick={() => start(lesson.id, isBegun ? progress : undefined)}
      >
        <IconPlayerPlay size={14} stroke={1.75} aria-hidden />
        {words}
      </button>
    </>
  )
}

function Card(props: CardProps) {
  const { lesson, progress } = props
  const { t } = useTranslation('lessons')
  const words = useWords()
  const done = Math.min(progress?.steps.length ?? 0, lesson.steps)
  const isComplete = progress !== undefined && progress.completedAt !== null
  return (
    <li className={classes['card']} aria-label={words(lesson.title)}>
      <div className={classes['cardHead']}>
        <h2>
          <LessonText words={lesson.title} />
        </h2>
        {isComplete && (
          <span className={classes['finished']}>
            <IconCheck size={14} stroke={2} aria-hidden />
            {t('completed')}
          </span>
        )}
      </div>
      <p>
        <LessonText words={lesson.summary} />
      </p>
      <div className={classes['cardFoot']}>
        <span className={classes['fact']}>
          <IconClock size={14} stroke={1.75} aria-hidden />
          {t('minutes', { count: lesson.minutes })}
        </span>
        <span className="tagn">{t(`level.${lesson.level}`)}</span>
        {lesson.file !== null && (
          <span className={`tagn mono ${classes['file']}`} title={lesson.file}>
            {lesson.file}
          </span>
        )}
        <span className="dim">{t('stepsDone', { done, all: lesson.steps })}</span>
        <span className="sp" />
        <StartButtons {...props} />
      </div>
    </li>
  )
}

function Problems({ files }: { readonly files: readonly LessonFile[] }) {
  const { t } = useTranslation('lessons')
  const wrong = files.filter(({ problems }) => problems.length > 0)
  if (wrong.length === 0) return null
  return (
    <section className={classes['problems']} aria-label={t('filesWrong')}>
      <h2>
        <IconAlertTriangle size={15} stroke={1.75} aria-hidden />
        {t('filesWrong')}
      </h2>
      <p className="dim">{t('filesWrongDo')}</p>
      {wrong.map(({ file, problems }) => (
        <dl key={file}>
          <dt className="mono">{file}</dt>
          {problems.map(({ path, message }) => (
            <dd key={`${path}${message}`}>
              {path !== '' && <span className="mono">{path}: </span>}
              {message}
            </dd>
          ))}
        </dl>
      ))}
    </section>
  )
}

/** Where a lesson was left: its first step whose checkpoint has not held yet. */
async function stepToContinueAt({ lesson: id, steps: done }: LessonProgress): Promise<{ step?: string }> {
  const { steps } = await api.lessons.get({ id })
  const open = steps.find((step) => !done.includes(step.id))
  return open ? { step: open.id } : {}
}

/** All lessons with their time and what has been done of them. `left`: the one that was under way until now. */
export function LessonList({ left }: { readonly left: string | null }) {
  const { t } = useTranslation('lessons')
  const { data, error } = useLessonList()
  const { busy, run } = useActions()
  const start = (id: string, from?: LessonProgress): void =>
    void run(id, async () => api.lessons.start({ id, ...(from && (await stepToContinueAt(from))) }))
  const all = data?.lessons ?? []
  const progressOf = (id: string): LessonProgress | undefined => data?.progress.find(({ lesson }) => lesson === id)
  const next = all.find(({ id }) => (progressOf(id)?.completedAt ?? null) === null)
  const completed =
    data?.progress.filter(({ lesson, completedAt }) => completedAt !== null && all.some(({ id }) => id === lesson)).length ?? 0
  return (
    <section className={`${classes['list']} scroll`} aria-label={t('title')}>
      <div className={classes['column']}>
        <div className={classes['listHead']}>
          <h1>{t('title')}</h1>
          {data && <span className="dim">{t('completedOf', { count: completed, all: all.length })}</span>}
        </div>
        <p className={classes['lead']}>{t('lead')}</p>
        {error && (
          <p role="alert">
            {t('unreadable')} {reasonOf(error)}
          </p>
        )}
        {data && <Problems files={data.files} />}
        <ol className={classes['cards']}>
          {all.map((lesson) => (
            <Card
              key={lesson.id}
              lesson={lesson}
              progress={progressOf(lesson.id)}
              busy={busy}
              isNext={lesson === next}
              isLeft={lesson.id === left}
              start={start}
            />
          ))}
        </ol>
      </div>
    </section>
  )
}
