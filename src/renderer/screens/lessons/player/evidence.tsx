import { IconArrowRight, IconColumns2, IconListDetails, IconPin } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonStep } from '../../../../contract/lessons/lesson.ts'
import type { PinnedExchange, StepRun } from '../../../../contract/lessons/lesson-run.ts'
import { useSecretsHidden } from '../../../presenter/hide-secrets.ts'
import { MASK } from '../../../presenter/secrets.ts'
import { selectExchange, setUi } from '../../../state/ui-state.ts'
import { useLab } from '../../../state/use-lab.ts'
import { accentOf } from '../../../ui/mechanism-tag.tsx'
import { EvidenceDiff } from './evidence-diff.tsx'
import { ExchangeNumber, VerdictMark } from './exchange-mark.tsx'
import classes from './player.module.css'

interface CardProps {
  readonly exchange: PinnedExchange
  readonly pins: LessonStep['pins']
  /** The credentials of the step, each once, in the order in which they were sent. */
  readonly credentials: readonly string[]
}

function useFacts({ exchange, pins, credentials }: CardProps): [name: string, value: string][] {
  const { t } = useTranslation('lessons')
  const isHidden = useSecretsHidden()
  const { credential, sessionReads, nodeSessions, requestBytes, durationMs } = exchange
  const values: Record<LessonStep['pins'][number], string | null> = {
    // Of hidden ones it can still be told which are the same.
    credential: credential === null ? t('none') : isHidden ? `${MASK} ${credentials.indexOf(credential) + 1}` : credential,
    'session-reads': t('reads', { count: sessionReads }),
    'node-sessions': nodeSessions === null ? null : t('sessions', { count: nodeSessions }),
    bytes: t('octets', { count: requestBytes }),
    duration: durationMs === null ? null : `${durationMs.toFixed(1)} ms`,
  }
  return pins.flatMap((pin) => {
    const value = values[pin]
    return value === null ? [] : [[t(`fact.${pin}`), value] as [string, string]]
  })
}

function Card(props: CardProps) {
  const { exchange } = props
  const { t } = useTranslation('lessons')
  const client = useLab((lab) => lab.clients.find(({ id }) => id === exchange.client)?.name ?? exchange.client)
  const openStory = (): void => {
    selectExchange(exchange.id)
    setUi({ screen: 'workbench', inspectorTab: 'story', isInspectorOpen: true, isInspectorWide: false })
  }
  return (
    <li className={`${classes['pinned']} ${accentOf(exchange.mechanism)}`}>
      <div className={classes['pinnedHead']}>
        <span className={classes['way']}>
          {client !== null && (
            <>
              <b className="trunc">{client}</b>
              <IconArrowRight size={12} stroke={1.75} className={classes['arrow'] ?? ''} aria-hidden />
            </>
          )}
          <span className="mono trunc">{exchange.node ?? t('noNode')}</span>
        </span>
        <ExchangeNumber exchange={exchange} />
      </div>
      <div className={`mono trunc ${classes['line']}`} title={`${exchange.method} ${exchange.path}`}>
        {exchange.method} {exchange.path}
      </div>
      <dl>
        {useFacts(props).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono trunc">{value}</dd>
          </div>
        ))}
      </dl>
      <VerdictMark exchange={exchange} />
      <button type="button" className="lk" aria-label={t('storyOf', { seq: exchange.seq })} onClick={openStory}>
        <IconListDetails size={13} stroke={1.75} aria-hidden />
        {t('story')}
      </button>
    </li>
  )
}

/** Every exchange of the step, kept with what was measured when it ended. */
export function Evidence({ step, run }: { readonly step: LessonStep; readonly run: StepRun }) {
  const { t } = useTranslation('lessons')
  const [isDiffOpen, setDiffOpen] = useState(false)
  const compared = step.diff?.map((nth) => run.evidence[nth - 1])
  const [first, second] = compared ?? []
  const credentials = [...new Set(run.evidence.flatMap(({ credential }) => credential ?? []))]
  return (
    <section className={classes['box']} aria-label={t('evidence')}>
      <div className={classes['boxHead']}>
        <IconPin size={16} stroke={1.75} aria-hidden />
        <h2>{t('evidence')}</h2>
        <span className="dim">{t('captured', { count: run.evidence.length })}</span>
        <span className="sp" />
        {first && second && (
          <button type="button" className="lk" onClick={() => setDiffOpen(true)}>
            <IconColumns2 size={14} stroke={1.75} aria-hidden />
            {t('diff', { first: first.seq, second: second.seq })}
          </button>
        )}
      </div>
      <ul className={classes['pins']}>
        {run.evidence.map((exchange) => (
          <Card key={exchange.id} exchange={exchange} pins={step.pins} credentials={credentials} />
        ))}
      </ul>
      {first && second && <EvidenceDiff isOpen={isDiffOpen} close={() => setDiffOpen(false)} first={first} second={second} />}
    </section>
  )
}
