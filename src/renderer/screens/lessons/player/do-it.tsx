import { IconCheck, IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { ActionRun, PinnedExchange, StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { api } from '../../../api.ts'
import { useActions } from '../../../state/act.ts'
import { useCommand } from '../../../state/commands.ts'
import { setUi } from '../../../state/ui-state.ts'
import { LessonText } from '../lesson-text.tsx'
import { ExchangeNumber, VerdictMark } from './exchange-mark.tsx'
import { isFocusLost } from './lost-focus.ts'
import classes from './player.module.css'

interface DoItProps {
  readonly step: LessonStep
  readonly run: StepRun
  readonly isCurrent: boolean
}

function Results({ exchanges }: { readonly exchanges: readonly PinnedExchange[] }) {
  return (
    <span className={classes['results']}>
      {exchanges.map((exchange) => (
        <span key={exchange.id}>
          <ExchangeNumber exchange={exchange} />
          <span className="mono dim">{exchange.node ?? ''}</span>
          <VerdictMark exchange={exchange} />
        </span>
      ))}
    </span>
  )
}

interface RowProps {
  readonly action: LessonStep['do'][number]
  readonly run: ActionRun
  readonly place: number
  readonly evidence: readonly PinnedExchange[]
  /** Null unless this one is next. */
  readonly doIt: { readonly why: string | null; readonly act: () => void } | null
}

interface ButtonProps extends NonNullable<RowProps['doIt']> {
  readonly state: ActionRun['state']
  readonly isFirst: boolean
}

/** Takes the keyboard over from the action before it, whose button has gone. */
function DoItButton({ state, isFirst, why, act }: ButtonProps) {
  const { t } = useTranslation('lessons')
  const button = useRef<HTMLButtonElement>(null)
  const isOff = why !== null || state === 'running'
  const takesOver = !isOff && (!isFirst || state === 'failed')
  useEffect(() => {
    if (takesOver && isFocusLost()) button.current?.focus({ preventScroll: true })
  }, [takesOver])
  return (
    <button ref={button} type="button" className={`btn pri ${classes['big']}`} disabled={isOff} title={why ?? undefined} onClick={act}>
      <IconPlayerPlay size={16} stroke={1.75} aria-hidden />
      {t(state === 'running' ? 'doing' : state === 'failed' ? 'tryAgain' : 'doIt')}
      <kbd className="kbd">{t('enter')}</kbd>
    </button>
  )
}

function Row({ action, run, place, evidence, doIt }: RowProps) {
  const { t } = useTranslation('lessons')
  const exchanges = evidence.filter(({ id }) => run.exchanges.includes(id))
  const times = action.do === 'call' && action.times > 1 ? action.times : null
  return (
    <li>
      <span className={run.state === 'done' ? classes['doneMark'] : doIt ? classes['nextMark'] : classes['aheadMark']}>
        {run.state === 'done' ? <IconCheck size={14} stroke={2.5} aria-label={t('actionDone')} /> : place + 1}
      </span>
      <span className={classes['actionWords']}>
        <LessonText words={action.label} />
        {times !== null && <span className="dim"> {t('times', { count: times })}</span>}
        {run.by === 'participant' && <span className="tagn">{t('byYou')}</span>}
        {run.problem !== null && (
          <span className={classes['problem']} role="alert">
            {t('actionFailed')} {run.problem}
          </span>
        )}
      </span>
      <Results exchanges={exchanges} />
      {doIt && <DoItButton state={run.state} isFirst={place === 0} {...doIt} />}
    </li>
  )
}

/** The actions of the step: each is a real operation, done from here or by hand in the workbench. */
export function DoIt({ step, run, isCurrent }: DoItProps) {
  const { t } = useTranslation('lessons')
  const { busy, run: act } = useActions()
  const next = isCurrent ? run.actions.findIndex(({ state }) => state !== 'done') : -1
  const hasToPredict = step.predict !== undefined && run.prediction === null && run.actions.every(({ state }) => state === 'todo')
  const why = hasToPredict ? t('predictFirst') : null
  const doIt = (): void => {
    if (next >= 0 && why === null && busy === null) void act('do', () => api.lessons.act())
  }
  // Enter opens the selected request elsewhere; here it does what the step waits for.
  useCommand('open-request', doIt)
  return (
    <section className={classes['box']} aria-label={t('do')}>
      <div className={classes['boxHead']}>
        <IconPlayerPlay size={16} stroke={1.75} aria-hidden />
        <h2>{t('do')}</h2>
        <span className="dim">{t('doWhy')}</span>
        <span className="sp" />
        {isCurrent && next >= 0 && (
          <button type="button" className="lk" onClick={() => setUi({ screen: 'workbench' })}>
            {t('doYourself')}
          </button>
        )}
      </div>
      <ol className={classes['actions']}>
        {step.do.map((action, place) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: the actions of a step neither move nor change.
            key={place}
            action={action}
            run={run.actions[place] as ActionRun}
            place={place}
            evidence={run.evidence}
            doIt={place === next ? { why, act: doIt } : null}
          />
        ))}
      </ol>
      {why !== null && next >= 0 && <p className={classes['hint']}>{why}</p>}
    </section>
  )
}
