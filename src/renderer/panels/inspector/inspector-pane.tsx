import { Tabs } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { useSummary } from '../../state/use-lab.ts'
import classes from './inspector.module.css'
import { InspectorFoot } from './inspector-foot.tsx'
import { InspectorHead } from './inspector-head.tsx'
import { Note } from './note.tsx'
import { hasUsedStore, sessionStoreOf, storeUseOf } from './store-use.ts'
import { Missing, TABS, TabBody, useTab } from './tabs.tsx'

function Inspected({ summary }: { readonly summary: ExchangeSummary }) {
  const { t } = useTranslation('inspector')
  const tab = useTab()
  const { exchange, error } = useExchange(summary.id)
  const body = useRef<HTMLDivElement>(null)
  const steps = exchange?.steps ?? []
  const storeName = hasUsedStore(storeUseOf(steps)) ? t(sessionStoreOf(steps) === 'memory' ? 'ownMemory' : 'store') : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: another request or tab starts at its top.
  useEffect(() => {
    body.current?.scrollTo({ top: 0 })
  }, [summary.id, tab])
  return (
    <>
      <InspectorHead exchange={summary} storeName={storeName} />
      <Tabs
        value={tab}
        onChange={(value) => setUi({ inspectorTab: value ?? 'story' })}
        variant="none"
        keepMounted={false}
        classNames={{ root: classes['tabs'], list: classes['tabList'], tab: classes['tab'], panel: classes['panel'] }}
      >
        <Tabs.List aria-label={t('tabs')}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} ref={body} tabIndex={0}>
          {exchange ? <TabBody tab={tab} exchange={exchange} /> : <Missing summary={summary} error={error} />}
        </Tabs.Panel>
      </Tabs>
      {exchange && <InspectorFoot exchange={exchange} />}
    </>
  )
}

/** Everything about the selected request. */
export function InspectorPane() {
  const { t } = useTranslation('inspector')
  const selected = useUi((ui) => ui.selectedExchange)
  const summary = useSummary(selected)
  return (
    <section className="pane" aria-label={t('title')}>
      {summary ? (
        <Inspected summary={summary} />
      ) : selected === null ? (
        <Note title={t('empty')} text={t('emptyHint')} />
      ) : (
        <Note title={t('gone')} text={t('goneHint')} />
      )}
    </section>
  )
}
