import { Modal, Tabs } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Compared, ComparedRow } from '../../../contract/comparison.ts'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import { shortVerdict, toneOf } from '../../i18n/verdict-words.ts'
import inspector from '../../panels/inspector/inspector.module.css'
import { Skeleton, TabBody } from '../../panels/inspector/tabs.tsx'
import { StatusCode } from '../../ui/status-code.tsx'
import classes from './evidence.module.css'
import { useRunExchange, useRunExchanges } from './use-comparison.ts'

/** Views of a request that need nothing of the lab as it is now. */
const VIEWS = ['story', 'request', 'response', 'credential'] as const
type View = (typeof VIEWS)[number]

/** What is opened of a run. */
export interface ShownEvidence {
  readonly run: string
  readonly compared: Compared
  readonly row: ComparedRow
  readonly exchanges: readonly string[]
}

function Line({ exchange, isShown, show }: { readonly exchange: ExchangeSummary; readonly isShown: boolean; readonly show: () => void }) {
  const tone = toneOf(exchange.verdict)
  return (
    <li>
      <button type="button" className={classes['line']} aria-current={isShown ? 'true' : undefined} onClick={show}>
        <span className="dim mono">#{exchange.seq}</span>
        <span className="mono trunc">
          {exchange.method} {exchange.path}
        </span>
        <span className="dim mono">{exchange.node}</span>
        <StatusCode status={exchange.status} tone={tone} />
        <span className="trunc">{shortVerdict(exchange)}</span>
      </button>
    </li>
  )
}

function Shown({ run, exchange: id }: { readonly run: string; readonly exchange: string }) {
  const { t } = useTranslation('inspector')
  const [view, setView] = useState<View>('story')
  const exchange = useRunExchange(run, id)
  return (
    <Tabs
      value={view}
      onChange={(value) => setView(VIEWS.find((known) => known === value) ?? 'story')}
      variant="none"
      keepMounted={false}
      classNames={{ root: classes['shown'], list: inspector['tabList'], tab: inspector['tab'], panel: inspector['panel'] }}
    >
      <Tabs.List aria-label={t('tabs')}>
        {VIEWS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={view} tabIndex={0}>
        {exchange ? <TabBody tab={view} exchange={exchange} /> : <Skeleton />}
      </Tabs.Panel>
    </Tabs>
  )
}

function Evidence({ evidence }: { readonly evidence: ShownEvidence }) {
  const { t } = useTranslation('compare')
  const all = useRunExchanges(evidence.run)
  const [shown, setShown] = useState(evidence.exchanges[0] ?? null)
  if (all === null) return <p className={classes['note']}>{t('evidence.gone')}</p>
  const wanted = new Set(evidence.exchanges)
  const own = (all ?? []).filter(({ id }) => wanted.has(id))
  return (
    <div className={classes['evidence']}>
      <section className={classes['list']} aria-label={t('evidence.list')}>
        <p>{t('evidence.count', { count: evidence.exchanges.length })}</p>
        <ol className="scroll">
          {own.map((exchange) => (
            <Line key={exchange.id} exchange={exchange} isShown={exchange.id === shown} show={() => setShown(exchange.id)} />
          ))}
        </ol>
      </section>
      {shown === null ? <p className={classes['note']}>{t('evidence.pick')}</p> : <Shown run={evidence.run} exchange={shown} />}
    </div>
  )
}

/** The requests behind a figure of the comparison, each whole. */
export function EvidenceDialog({ evidence, close }: { readonly evidence: ShownEvidence | null; readonly close: () => void }) {
  const { t } = useTranslation('compare')
  const { t: app } = useTranslation('app')
  const title = evidence && t('evidence.title', { row: t(`row.${evidence.row}`), mechanism: t(`mechanism.${evidence.compared}`) })
  return (
    <Modal
      opened={evidence !== null}
      onClose={close}
      title={title}
      size="min(1180px, 94vw)"
      closeButtonProps={{ 'aria-label': app('dismiss') }}
    >
      {evidence && <Evidence key={`${evidence.compared}-${evidence.row}`} evidence={evidence} />}
    </Modal>
  )
}
