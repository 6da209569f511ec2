import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange, ExchangeSummary } from '../../../contract/exchanges.ts'
import { reasonOf } from '../../api.ts'
import { useCommand } from '../../state/commands.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { CredentialTab } from './credential/credential-tab.tsx'
import classes from './inspector.module.css'
import { MessageTab } from './message/message-tab.tsx'
import { Note } from './note.tsx'
import { StateTab } from './state/state-tab.tsx'
import { StoryTab } from './story/story-tab.tsx'

const SequenceTab = lazy(() => import('./sequence/sequence-tab.tsx').then((module) => ({ default: module.SequenceTab })))

/** The views of a request, in order. */
export const TABS = ['story', 'request', 'response', 'credential', 'state', 'sequence'] as const
/** A view of a request. */
export type Tab = (typeof TABS)[number]

const isTab = (value: string | null): value is Tab => TABS.some((tab) => tab === value)

/** The view on show; takes the commands that move it. */
export function useTab(): Tab {
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
export function Skeleton() {
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

/** One view of a request. */
export function TabBody({ tab, exchange }: { readonly tab: Tab; readonly exchange: Exchange }) {
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
export function Missing({ summary, error }: { readonly summary: ExchangeSummary; readonly error: unknown }) {
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
