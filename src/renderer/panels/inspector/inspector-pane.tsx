import { Tabs } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange, ExchangeSummary } from '../../../contract/exchanges.ts'
import { reasonOf } from '../../api.ts'
import { useCommand } from '../../state/commands.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { useSummary } from '../../state/use-lab.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { CredentialTab } from './credential/credential-tab.tsx'
import classes from './inspector.module.css'
import { InspectorFoot } from './inspector-foot.tsx'
import { InspectorHead } from './inspector-head.tsx'
import { MessageTab } from './message/message-tab.tsx'
import { Note } from './note.tsx'
import { StateTab } from './state/state-tab.tsx'
import { hasUsedStore, sessionStoreOf, storeUseOf } from './store-use.ts'
import { StoryTab } from './story/story-tab.tsx'

const SequenceTab = lazy(() => import('./sequence/sequence-tab.tsx').then((module) => ({ default: module.SequenceTab })))

const TABS = ['story', 'request', 'response', 'credential', 'state', 'sequence'] as const
type Tab = (typeof TABS)[number]

const isTab = (value: string | null): value is Tab => TABS.some((tab) => tab === value)

function useTab(): Tab {
  const kept = useUi((ui) => ui.inspectorTab)
  const tab = isTab(kept) ? kept : 'story'
  const move = (step: number): void => {
    setUi({ inspectorTab: TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? 'story' })
  }
  useCommand('next-inspector-tab', () => move(1))
  useCommand('previous-inspector-tab', () => move(-1))
  return tab
}

const SKELETON_AFTER_MS = 300

/** Nothing for a moment, then grey lines: what comes quickly must not flicker. */
function Skeleton() {
  const { t } = useTranslation('inspector')
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SKELETON_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isLate) return null
  return (
    <div className={classes['skeleton']} role="status" aria-label={t('loading')}>
      <i />
      <i />
      <i />
      <i />
    </div>
  )
}

function TabBody({ tab, exchange }: { readonly tab: Tab; readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const accent = accentOf(exchange.mechanism)
  switch (tab) {
    case 'story':
      return <StoryTab key={exchange.id} exchange={exchange} />
    case 'request':
      return (
        <MessageTab
          message={exchange.request}
          startLine={`${exchange.method} ${exchange.path} HTTP/1.1`}
          title={t('requestHead')}
          accent={accent}
        />
      )
    case 'response':
      return exchange.status === null ? (
        <Note title={t('noMessage')} />
      ) : (
        <MessageTab message={exchange.response} startLine={`HTTP/1.1 ${exchange.status}`} title={t('responseHead')} accent={accent} />
      )
    case 'credential':
      return <CredentialTab key={exchange.id} exchange={exchange} />
    case 'state':
      return <StateTab key={exchange.id} exchange={exchange} />
    case 'sequence':
      return (
        <Suspense fallback={<Skeleton />}>
          <SequenceTab exchange={exchange} />
        </Suspense>
      )
  }
}

/** What stands under the tabs while there is no whole exchange to show. */
function Missing({ summary, error }: { readonly summary: ExchangeSummary; readonly error: unknown }) {
  const { t } = useTranslation('inspector')
  const queries = useQueryClient()
  if (summary.verdict === null) return <Note title={t('waiting')} text={t('waitingHint')} />
  if (!error) return <Skeleton />
  return (
    <Note title={t('error')} text={reasonOf(error)}>
      <button type="button" className="btn sm" onClick={() => void queries.invalidateQueries({ queryKey: ['exchange', summary.id] })}>
        {t('retry')}
      </button>
    </Note>
  )
}

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
