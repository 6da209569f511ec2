import { IconSchool } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { say } from '../../i18n/say.ts'
import type { LabModel } from '../../state/reduce.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { useWords } from './lesson-text.tsx'
import classes from './lessons.module.css'
import { useLessonUnderWay } from './use-lessons.ts'
import { whereByHand } from './where-by-hand.ts'

/** Where it is done by hand, in words. */
function whereWords(action: Parameters<typeof whereByHand>[0], clients: LabModel['clients']): string {
  const client = 'client' in action ? (clients.find(({ id }) => id === action.client)?.name ?? action.client) : ''
  const node = 'node' in action ? action.node : ''
  const account = 'account' in action ? action.account : ''
  return say(`lessons:where.${whereByHand(action) ?? 'lesson'}`, { client: client || account, node })
}

/** Says on every other screen that what is seen there is the lab of a lesson, and what the lesson waits for. */
export function LessonBanner() {
  const { t } = useTranslation('lessons')
  const words = useWords()
  const run = useLab((lab) => lab.lesson)
  const clients = useLab((lab) => lab.clients)
  const screen = useUi((ui) => ui.screen)
  const lesson = useLessonUnderWay()
  if (!run || !lesson || screen === 'lessons') return null
  const step = run.steps[run.current]
  const next = step?.actions.findIndex(({ state }) => state !== 'done') ?? -1
  const isMissed = step?.checks.some(({ isHeld }) => isHeld === false)
  const action = lesson.steps[run.current]?.do[next]
  return (
    <div className="banner" role="status">
      <IconSchool size={16} stroke={1.75} aria-hidden />
      <span className={`trunc ${classes['bannerTitle']}`}>{t('banner', { title: words(lesson.title) })}</span>
      {action && <b className="trunc">{t('bannerNext', { action: words(action.label).replaceAll(/[`*]/g, '') })}</b>}
      {action && (
        <span className="trunc" title={whereWords(action, clients)}>
          {whereWords(action, clients)}
        </span>
      )}
      {!action && (step?.state === 'done' || isMissed) && <b className="trunc">{t(isMissed ? 'bannerMissed' : 'bannerDone')}</b>}
      <span className="sp" />
      <button type="button" className="btn sm" onClick={() => setUi({ screen: 'lessons' })}>
        {t('bannerBack')}
      </button>
    </div>
  )
}
