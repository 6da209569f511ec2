import { IconCheck, IconChevronDown, IconPoint, IconX } from '@tabler/icons-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import type { Step } from '../../../../contract/step.ts'
import { setUi } from '../../../state/ui-state.ts'
import { durationWords } from '../../../ui/duration-words.ts'
import { Waterfall } from '../../../ui/waterfall.tsx'
import { Evidence } from './evidence.tsx'
import { paramsOf, stepDetail, stepTitle } from './step-words.ts'
import classes from './story.module.css'

const ICONS = { pass: IconCheck, fail: IconX, info: IconPoint } as const
const TONES = { pass: 'ok', fail: 'no', info: 'neutral' } as const

/** Steps that only move things: nothing is judged in them, so they are neither green nor red. */
const UNJUDGED: ReadonlySet<Step['kind']> = new Set([
  'balancer-pick',
  'cookie-parse',
  'authorization-parse',
  'session-regenerate',
  'session-write',
  'session-touch',
  'session-destroy',
  'refresh-rotate',
  'refresh-issue',
  'token-issue',
  'account-write',
  'answer',
])

const toneOf = ({ kind, outcome }: Step): 'ok' | 'no' | 'neutral' => (UNJUDGED.has(kind) ? 'neutral' : TONES[outcome])
const iconOf = ({ kind, outcome }: Step): typeof IconCheck => (outcome === 'pass' && UNJUDGED.has(kind) ? IconPoint : ICONS[outcome])

interface StoryStepProps {
  readonly step: Step
  readonly exchange: Exchange
  /** Shares of the time of all steps, 0 to 1. */
  readonly start: number
  readonly share: number
  readonly isOpen: boolean
  readonly toggle: () => void
}

/** One step: what, how long, and on demand what proves it. */
export function StoryStep({ step, exchange, start, share, isOpen, toggle }: StoryStepProps) {
  const { t } = useTranslation('inspector')
  const id = useId()
  const Icon = iconOf(step)
  const params = paramsOf(step, exchange)
  const detail = stepDetail(step, params)
  return (
    <li
      className={classes['step']}
      onMouseEnter={() => setUi({ hoveredNode: exchange.node })}
      onMouseLeave={() => setUi({ hoveredNode: null })}
    >
      <button type="button" className={classes['row']} aria-expanded={isOpen} aria-controls={id} onClick={toggle}>
        <span className={`${classes['mark']} ${toneOf(step)}`}>
          <Icon size={12} stroke={2} aria-hidden />
          <span className="sr">{t(`outcome.${step.outcome}`)}: </span>
        </span>
        <span className={classes['words']}>
          <b className={classes['name']}>
            {stepTitle(step, params)}
            <IconChevronDown size={13} stroke={1.75} className={isOpen ? classes['opened'] : classes['closed']} aria-hidden />
          </b>
          {detail !== null && <span className={classes['detail']}>{detail}</span>}
        </span>
        <Waterfall start={start} share={share} />
        <span className={`mono ${classes['ms']}`}>{durationWords(step.durationUs)}</span>
      </button>
      <div id={id} className={classes['more']} hidden={!isOpen}>
        {isOpen && <Evidence step={step} labTime={exchange.labTime} />}
      </div>
    </li>
  )
}
