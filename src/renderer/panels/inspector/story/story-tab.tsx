import { IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import type { Step } from '../../../../contract/step.ts'
import { say } from '../../../i18n/say.ts'
import { familyOf, type Tone, toneOf, verdictHeadline, verdictWhy } from '../../../i18n/verdict-words.ts'
import { durationWords } from '../../../ui/duration-words.ts'
import { accentOf } from '../../../ui/mechanism-tag.tsx'
import { bytesWords } from '../dates.ts'
import { hasUsedStore, type StoreUse, storeUseOf } from '../store-use.ts'
import { decisiveStep, verdictClause } from './step-words.ts'
import classes from './story.module.css'
import { StoryStep } from './story-step.tsx'

const TONE_ICONS = { ok: IconCircleCheck, no: IconCircleX, neutral: IconInfoCircle } as const

/** For a token it is worth saying that no store was asked; for a session it would only repeat the story. */
const saysUntouched = (exchange: Exchange, use: StoreUse): boolean =>
  !hasUsedStore(use) &&
  exchange.steps.length > 0 &&
  toneOf(exchange.verdict) !== 'neutral' &&
  (familyOf(exchange.mechanism) === 'jwt' || exchange.verdict === 'bad-cookie-signature')

function Summary({ exchange, use }: { readonly exchange: Exchange; readonly use: StoreUse }) {
  const tone: Tone = toneOf(exchange.verdict)
  const Icon = TONE_ICONS[tone]
  const why = verdictWhy(exchange, exchange.steps)
  const clause = verdictClause(exchange)
  return (
    <div className={`${classes['summary']} ${tone}`}>
      <Icon size={18} stroke={1.75} aria-hidden />
      <h3>{verdictHeadline(exchange, exchange.steps)}</h3>
      <p>
        {why}
        {saysUntouched(exchange, use) && say('verdicts:untouched')}
        {clause !== null && !why.includes(clause) && <span className={classes['clause']}>{clause}</span>}
      </p>
    </div>
  )
}

function StoreUseWords({ exchange, use }: { readonly exchange: Exchange; readonly use: StoreUse }) {
  const { t } = useTranslation('inspector')
  const words: string[] = []
  if (use.reads > 0) words.push(t('reads', { count: use.reads }))
  if (use.writes > 0) words.push(t('writes', { count: use.writes }))
  if (use.deferred > 0) words.push(t('deferred', { count: use.deferred }))
  return <dd>{words.length > 0 ? words.join(t('nextUse')) : t(exchange.verdict === 'store-unavailable' ? 'storeSilent' : 'noStoreUse')}</dd>
}

function Figures({ exchange, use }: { readonly exchange: Exchange; readonly use: StoreUse }) {
  const { t } = useTranslation('inspector')
  return (
    <dl className={classes['figures']}>
      <div>
        <dt>{t('total')}</dt>
        <dd>{exchange.durationMs === null ? '…' : durationWords(exchange.durationMs * 1000)}</dd>
      </div>
      <div>
        <dt>{t('storeUse')}</dt>
        <StoreUseWords exchange={exchange} use={use} />
      </div>
      <div>
        <dt>{t('onTheWire')}</dt>
        <dd>{t('upDown', { up: bytesWords(exchange.requestBytes), down: bytesWords(exchange.responseBytes) })}</dd>
      </div>
    </dl>
  )
}

const isOfBalancer = ({ source }: Step): boolean => source.file.startsWith('src/server/cluster/')

/** Why the exchange was allowed or denied, and every step that the server reported. */
export function StoryTab({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const { steps } = exchange
  const use = storeUseOf(steps)
  const [toggled, setToggled] = useState<ReadonlySet<number>>(() => new Set([decisiveStep(steps)]))
  const toggle = (index: number): void =>
    setToggled((before) => {
      const after = new Set(before)
      if (!after.delete(index)) after.add(index)
      return after
    })
  const wholeUs = steps.reduce((sum, step) => sum + step.durationUs, 0)
  let elapsedUs = 0
  return (
    <div className={accentOf(exchange.mechanism)}>
      <Summary exchange={exchange} use={use} />
      <Figures exchange={exchange} use={use} />
      {steps.length === 0 ? (
        <p className={classes['nothing']}>{t('noSteps')}</p>
      ) : (
        <>
          <div className={classes['head']}>
            <h3>{t(steps.every(isOfBalancer) ? 'balancerSteps' : 'steps', { count: steps.length })}</h3>
          </div>
          <ol>
            {steps.map((step, index) => {
              const start = wholeUs === 0 ? 0 : elapsedUs / wholeUs
              elapsedUs += step.durationUs
              return (
                <StoryStep
                  // biome-ignore lint/suspicious/noArrayIndexKey: the steps of an exchange never move.
                  key={index}
                  step={step}
                  exchange={exchange}
                  start={start}
                  share={wholeUs === 0 ? 0 : step.durationUs / wholeUs}
                  isOpen={toggled.has(index)}
                  toggle={() => toggle(index)}
                />
              )
            })}
          </ol>
        </>
      )}
    </div>
  )
}
