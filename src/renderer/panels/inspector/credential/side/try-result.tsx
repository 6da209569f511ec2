import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ExchangeSummary } from '../../../../../contract/exchanges.ts'
import { shortVerdict, toneOf } from '../../../../i18n/verdict-words.ts'
import { selectExchange, setUi } from '../../../../state/ui-state.ts'
import { useSummary } from '../../../../state/use-lab.ts'
import classes from './side.module.css'

const ICONS = { ok: IconCheck, no: IconX, neutral: IconMinus } as const

/** Status and verdict of an exchange, as icon and words. */
export function VerdictLine({ exchange }: { readonly exchange: ExchangeSummary }) {
  const tone = toneOf(exchange.verdict)
  const Icon = ICONS[tone]
  return (
    <span className={`vd ${tone}`}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {exchange.status ?? '…'} {exchange.verdict !== null && shortVerdict(exchange)}
    </span>
  )
}

/** Opens the story of an exchange. */
export function ExchangeLink({ exchange }: { readonly exchange: ExchangeSummary }) {
  const { t } = useTranslation('credential')
  const open = (): void => {
    selectExchange(exchange.id)
    setUi({ inspectorTab: 'story' })
  }
  return (
    <button type="button" className="lk mono" title={t('openStory')} onClick={open}>
      #{exchange.seq}
    </button>
  )
}

/** What the server made of a try, linked to the exchange that proves it. */
export function TryResult({ id }: { readonly id: string | null }) {
  const { t } = useTranslation('credential')
  const exchange = useSummary(id)
  if (!exchange) return <span className="dim">{t(id === null ? 'notRecorded' : 'waiting')}</span>
  return (
    <span className={classes['result']}>
      <VerdictLine exchange={exchange} />
      <ExchangeLink exchange={exchange} />
    </span>
  )
}
