import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { RotationImpact } from '../../../contract/keys.ts'
import { sayList } from '../../i18n/say.ts'
import { useRotationImpact } from '../../state/lists.ts'
import classes from './settings.module.css'

/** What an emergency is about: the keys of access tokens, or the secret of session cookies. */
export type EmergencyKind = 'tokens' | 'sessions'

/** More than these are counted, not named. */
const MOST_NAMES = 8

/** Names for a sentence: who, or nobody, or that nobody knows. */
export function useNames(): (names: readonly string[] | null) => string {
  const { t } = useTranslation('topology')
  return (names) => {
    if (names === null) return t('keys.unknown')
    if (names.length === 0) return t('keys.nobody')
    const shown = sayList(names.slice(0, MOST_NAMES))
    return names.length > MOST_NAMES ? t('keys.andMore', { names: shown, count: names.length - MOST_NAMES }) : shown
  }
}

const namesOf = (clients: RotationImpact['tokens']['clients']): string[] => clients.map(({ name }) => name)

/** Whom an emergency logs out, from what is live now. */
export function ImpactWords({ kind }: { readonly kind: EmergencyKind }) {
  const { t } = useTranslation('topology')
  const { data, error } = useRotationImpact()
  const names = useNames()
  if (!data) return <p>{t(error === null ? 'keys.ask.loading' : 'keys.ask.unreadable')}</p>
  const { count, accounts, clients } = data[kind]
  const refreshing = clients.filter(({ canRefresh }) => canRefresh)
  return (
    <>
      <p>{t(`keys.ask.${kind}`, { count: count ?? t('keys.unknown'), accounts: names(accounts) })}</p>
      <p>{t('keys.ask.clients', { count: clients.length, clients: names(namesOf(clients)) })}</p>
      {refreshing.length > 0 && <p>{t('keys.ask.canRefresh', { clients: names(namesOf(refreshing)) })}</p>}
      {kind === 'tokens' && data.frozenNodes.length > 0 && <p>{t('keys.ask.frozen', { nodes: names(data.frozenNodes) })}</p>}
    </>
  )
}

interface QuestionProps {
  readonly kind: EmergencyKind
  readonly isBusy: boolean
  readonly confirm: () => void
  readonly cancel: () => void
}

/** Asks before an emergency, and says who will be logged out. */
export function EmergencyQuestion({ kind, isBusy, confirm, cancel }: QuestionProps) {
  const { t } = useTranslation('topology')
  const no = useRef<HTMLButtonElement>(null)
  useEffect(() => no.current?.focus(), [])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a question with two answers, no part of a form.
    <div className={classes['question']} role="group" aria-label={t(`keys.ask.title.${kind}`)}>
      <b>{t(`keys.ask.title.${kind}`)}</b>
      <div aria-live="polite">
        <ImpactWords kind={kind} />
      </div>
      <div className={classes['row']}>
        <button type="button" className="btn sm pri" aria-disabled={isBusy} onClick={() => !isBusy && confirm()}>
          {t(`keys.ask.confirm.${kind}`)}
        </button>
        <button ref={no} type="button" className="btn sm" onClick={cancel}>
          {t('keys.ask.cancel')}
        </button>
      </div>
    </div>
  )
}

/** What the next key by schedule does to whoever has a token: nothing, unless a node does not learn of it. */
export function ScheduleImpact() {
  const { t } = useTranslation('topology')
  const { data } = useRotationImpact()
  const names = useNames()
  if (!data) return null
  const { count, clients } = data.tokens
  return (
    <span className={classes['note']}>
      {t('keys.scheduleImpact', { count: count ?? t('keys.unknown'), clients: names(namesOf(clients)) })}
      {data.frozenNodes.length > 0 && ` ${t('keys.scheduleFrozen', { nodes: names(data.frozenNodes) })}`}
    </span>
  )
}
