import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ExchangeSummary } from '../../../../contract/exchanges.ts'
import { shortVerdict, toneOf } from '../../../i18n/verdict-words.ts'
import { selectExchange, useUi } from '../../../state/ui-state.ts'

const ICONS = { ok: IconCheck, no: IconX, neutral: IconMinus } as const

/** Status and verdict of an exchange: icon and words, never a colour alone. */
export function VerdictMark({ exchange }: { readonly exchange: ExchangeSummary }) {
  const tone = toneOf(exchange.verdict)
  const Icon = ICONS[tone]
  return (
    <span className={`vd trunc ${tone}`}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {exchange.status} {shortVerdict(exchange)}
    </span>
  )
}

/** The number of an exchange; selects it in the picture, and in the workbench. */
export function ExchangeNumber({ exchange }: { readonly exchange: ExchangeSummary }) {
  const { t } = useTranslation('lessons')
  const isSelected = useUi((ui) => ui.selectedExchange === exchange.id)
  return (
    <button
      type="button"
      className="lk mono"
      aria-pressed={isSelected}
      title={t('showInPicture')}
      onClick={() => selectExchange(exchange.id)}
    >
      #{exchange.seq}
    </button>
  )
}
