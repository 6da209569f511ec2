import { IconChevronDown, IconPresentation } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import { LessonText } from '../lesson-text.tsx'
import classes from './player.module.css'

/** Parts of a presenter's notes, in their order. */
export const NOTE_PARTS = ['say', 'ask', 'watchFor', 'ifStuck'] as const

/** `3:05` */
export const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Real time since the step was opened, of the time it should take. */
function Timer({ openedAt, minutes }: { readonly openedAt: number; readonly minutes: number }) {
  const { t } = useTranslation('lessons')
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span className={`mono ${classes['timer']}`}>
      {t('timer', { spent: minutesAndSeconds(now - openedAt), all: minutesAndSeconds(minutes * 60_000) })}
    </span>
  )
}

interface NotesProps {
  readonly notes: NonNullable<LessonStep['notes']>
  readonly openedAt: number | null
  readonly hide: () => void
}

/** What the presenter may want to say, ask and watch for at this step. */
export function PresenterNotes({ notes, openedAt, hide }: NotesProps) {
  const { t } = useTranslation('lessons')
  return (
    <section className={classes['notes']} aria-label={t('notes')}>
      <div className="ph">
        <IconPresentation size={16} stroke={1.75} aria-hidden />
        <h2>{t('notes')}</h2>
        <span className="sp" />
        {openedAt !== null && <Timer openedAt={openedAt} minutes={notes.minutes} />}
        <button type="button" className="ib" aria-label={t('hideNotes')} title={t('hideNotes')} onClick={hide}>
          <IconChevronDown size={15} stroke={1.75} aria-hidden />
        </button>
      </div>
      <dl className="scroll" tabIndex={0}>
        {NOTE_PARTS.flatMap((part) => {
          const words = notes[part]
          return words === undefined
            ? []
            : [
                <div key={part}>
                  <dt>{t(`note.${part}`)}</dt>
                  <dd>
                    <LessonText words={words} />
                  </dd>
                </div>,
              ]
        })}
      </dl>
    </section>
  )
}
