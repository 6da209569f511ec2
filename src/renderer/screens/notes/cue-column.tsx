import { IconArrowDown, IconArrowUp, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CueList } from '../../../contract/cues.ts'
import type { LessonSummary } from '../../../contract/lessons.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { currentLab } from '../../state/use-lab.ts'
import { useWords } from '../lessons/lesson-text.tsx'
import { useLessonList } from '../lessons/use-lessons.ts'
import { moved, without } from './cue-order.ts'
import classes from './notes.module.css'
import { useCues } from './use-cues.ts'

interface CueRowProps {
  readonly list: CueList
  readonly place: number
  readonly lesson: LessonSummary | undefined
  readonly isBusy: boolean
  readonly change: (change: (list: CueList) => CueList) => void
  readonly start: (place: number) => void
}

function CueRow({ list, place, lesson, isBusy, change, start }: CueRowProps) {
  const { t } = useTranslation('presenter')
  const text = useWords()
  const cue = list.cues[place]
  if (!cue) return null
  const title = lesson ? text(lesson.title) : cue.lesson
  const isOn = list.current === place
  const setMinutes = (minutes: number): void => {
    if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 240)
      change((now) => ({ ...now, cues: now.cues.map((one, index) => (index === place ? { ...one, minutes } : one)) }))
  }
  const button = (label: string, Icon: typeof IconX, act: () => void, isOff = false) => (
    <button type="button" className="ib" aria-label={label} title={label} disabled={isOff} onClick={act}>
      <Icon size={14} stroke={1.75} aria-hidden />
    </button>
  )
  return (
    <li className={isOn ? classes['on'] : undefined} aria-current={isOn ? 'step' : undefined}>
      <span className={classes['cueTitle']} title={lesson ? title : t('cues.gone')}>
        {title}
        {isOn && <span className="tagn">{t('cues.now')}</span>}
      </span>
      <span className={classes['cueTools']}>
        <input
          className="inp"
          type="number"
          min={1}
          max={240}
          aria-label={t('cues.minutes', { title })}
          value={cue.minutes}
          onChange={(event) => setMinutes(event.currentTarget.valueAsNumber)}
        />
        {button(t('cues.up', { title }), IconArrowUp, () => change((now) => moved(now, place, place - 1)), place === 0)}
        {button(
          t('cues.down', { title }),
          IconArrowDown,
          () => change((now) => moved(now, place, place + 1)),
          place === list.cues.length - 1,
        )}
        {button(t('cues.remove', { title }), IconX, () => change((now) => without(now, place)))}
        {button(t('cues.start', { title }), IconPlayerPlay, () => start(place), isBusy || !lesson)}
      </span>
    </li>
  )
}

/** The lessons of a class in their order, with their times; starts one after the other. */
export function CueColumn() {
  const { t } = useTranslation('presenter')
  const text = useWords()
  const { list, change } = useCues()
  const { data } = useLessonList()
  const { busy, run } = useActions()
  const lessons = data?.lessons ?? []
  const start = (place: number): void => {
    const cue = list.cues[place]
    if (!cue) return
    void run('start', async () => {
      if (currentLab().lesson) await api.lessons.leave()
      await api.lessons.start({ id: cue.lesson })
      change((now) => ({ ...now, current: place, startedAt: now.startedAt ?? Date.now() }))
    })
  }
  const add = (id: string): void => {
    const lesson = lessons.find((one) => one.id === id)
    if (lesson) change((now) => ({ ...now, cues: [...now.cues, { lesson: id, minutes: Math.max(1, Math.round(lesson.minutes)) }] }))
  }
  const total = list.cues.reduce((sum, { minutes }) => sum + minutes, 0)
  const at = list.current ?? -1
  return (
    <aside className={classes['cues']} aria-label={t('cues.title')}>
      <div className={classes['cuesHead']}>
        <h2>{t('cues.title')}</h2>
        <span className="dim">{t('cues.total', { count: total })}</span>
      </div>
      {list.cues.length === 0 && <p className="dim">{t('cues.empty')}</p>}
      <ol className="scroll">
        {list.cues.map((cue, place) => (
          <CueRow
            // biome-ignore lint/suspicious/noArrayIndexKey: one lesson may be planned twice.
            key={`${cue.lesson} ${place}`}
            list={list}
            place={place}
            lesson={lessons.find(({ id }) => id === cue.lesson)}
            isBusy={busy !== null}
            change={change}
            start={start}
          />
        ))}
      </ol>
      <select className="inp" aria-label={t('cues.add')} value="" onChange={(event) => add(event.currentTarget.value)}>
        <option value="">{t('cues.add')}</option>
        {lessons.map(({ id, title }) => (
          <option key={id} value={id}>
            {text(title)}
          </option>
        ))}
      </select>
      <div className={classes['cuesFoot']}>
        <button type="button" className="btn sm" disabled={busy !== null || at < 1} onClick={() => start(at - 1)}>
          <IconPlayerSkipBack size={14} stroke={1.75} aria-hidden />
          {t('cues.previous')}
        </button>
        <button type="button" className="btn sm" disabled={busy !== null || at + 1 >= list.cues.length} onClick={() => start(at + 1)}>
          <IconPlayerSkipForward size={14} stroke={1.75} aria-hidden />
          {t('cues.next')}
        </button>
        <button
          type="button"
          className="btn sm gh"
          disabled={list.cues.length === 0}
          onClick={() => change((now) => ({ ...now, current: now.startedAt === null ? now.current : null, startedAt: Date.now() }))}
        >
          {t(list.startedAt === null ? 'cues.begin' : 'cues.end')}
        </button>
      </div>
    </aside>
  )
}
