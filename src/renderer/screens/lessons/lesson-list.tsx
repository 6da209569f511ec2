import { IconAlertTriangle, IconCheck, IconClock, IconPlayerPlay } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LessonFile, LessonProgress, LessonSummary } from '../../../contract/lessons.ts'
import { api, reasonOf } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { LessonText, useWords } from './lesson-text.tsx'
import classes from './lessons.module.css'
import { useLessonList } from './use-lessons.ts'

interface CardProps {
  readonly lesson: LessonSummary
  readonly progress: LessonProgress | undefined
  readonly busy: string | null
  readonly start: (id: string) => void
}

function Card({ lesson, progress, busy, start }: CardProps) {
  const { t } = useTranslation('lessons')
  const words = useWords()
  const done = Math.min(progress?.steps.length ?? 0, lesson.steps)
  const isComplete = progress != null && progress.completedAt !== null
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
        <button type="button" className={done > 0 ? 'btn' : 'btn pri'} disabled={busy !== null} onClick={() => start(lesson.id)}>
          <IconPlayerPlay size={14} stroke={1.75} aria-hidden />
          {t(busy === lesson.id ? 'starting' : isComplete ? 'again' : 'start')}
        </button>
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

/** All lessons with their time and what has been done of them. */
export function LessonList() {
  const { t } = useTranslation('lessons')
  const { data, error } = useLessonList()
  const { busy, run } = useActions()
  const start = (id: string): void => void run(id, () => api.lessons.start({ id }))
  const all = data?.lessons ?? []
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
              progress={data?.progress.find((entry) => entry.lesson === lesson.id)}
              busy={busy}
              start={start}
            />
          ))}
        </ol>
      </div>
    </section>
  )
}
