import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import type { PinnedExchange } from '../../../../contract/lessons/lesson-run.ts'
import { sayList } from '../../../i18n/say.ts'
import { shortVerdict } from '../../../i18n/verdict-words.ts'
import { paramsOf, stepTitle } from '../../../panels/inspector/story/step-words.ts'
import { useExchange } from '../../../state/use-exchange.ts'
import { type DiffRow, diffRows } from './diff-rows.ts'
import classes from './player.module.css'

interface DiffProps {
  readonly isOpen: boolean
  readonly close: () => void
  readonly first: PinnedExchange
  readonly second: PinnedExchange
}

function useRows(first: Exchange | null, second: Exchange | null): DiffRow[] {
  const { t } = useTranslation('lessons')
  if (!first || !second) return []
  return diffRows(first, second, {
    node: t('fact.node'),
    status: t('fact.status'),
    verdict: t('fact.verdict'),
    request: t('fact.request'),
    absent: t('absent'),
    verdictOf: shortVerdict,
    stepTitle: (step, exchange) => stepTitle(step, paramsOf(step, exchange)),
    list: sayList,
  })
}

/** Two exchanges side by side: what went out, what the server did, what came back; what differs is marked. */
export function EvidenceDiff({ isOpen, close, first, second }: DiffProps) {
  const { t } = useTranslation('lessons')
  const rows = useRows(useExchange(first.id).exchange, useExchange(second.id).exchange)
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t('diff', { first: first.seq, second: second.seq })}
      size="min(920px, 92vw)"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <table className={classes['diff']}>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">{t('what')}</span>
            </th>
            <th scope="col" className="mono">
              #{first.seq}
            </th>
            <th scope="col" className="mono">
              #{second.seq}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values, isSame, isWire }) => (
            <tr key={name} className={isSame ? undefined : classes['differs']}>
              <th scope="row">
                {name}
                {!isSame && <span className="sr"> {t('differs')}</span>}
              </th>
              {values.map((value, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second exchange.
                <td key={index} className={isWire ? 'mono' : undefined}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  )
}
