import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import { shortVerdict, toneOf } from '../../i18n/verdict-words.ts'
import { labDate } from '../../panels/inspector/dates.ts'
import { useActions } from '../../state/act.ts'
import { clockTime, useLabSecond } from '../../state/lab-time.ts'
import { openExchange } from '../../state/ui-state.ts'
import { EVIDENCE_SHOWN, useEvidence } from '../../state/use-evidence.ts'
import { StatusCode } from '../../ui/status-code.tsx'
import tables from '../../ui/table.module.css'
import type { RowAction } from './row-menu.tsx'
import classes from './state.module.css'

/** A lab time for the eye, with its date when it is not near. */
export function LabTime({ at }: { readonly at: number }) {
  const { i18n } = useTranslation()
  return labDate(at, useLabSecond(), i18n.language)
}

interface DetailsProps {
  readonly title: string
  /** Whole id, as it is in the store or on the wire. */
  readonly id: string
  readonly facts: ReadonlyArray<readonly [name: string, value: ReactNode]>
  readonly children?: ReactNode
}

/** The selected row in full. */
export function Details({ title, id, facts, children }: DetailsProps) {
  return (
    <>
      <header className={classes['detailHead']}>
        <h2>{title}</h2>
        <p className="mono">{id}</p>
      </header>
      <table className={`${tables['table']} ${classes['facts']}`} aria-label={title}>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </>
  )
}

/** What can be done to the selected row, as buttons with what each does. */
export function DetailActions({ actions }: { readonly actions: readonly RowAction[] }) {
  const { t } = useTranslation('state')
  const { busy, run } = useActions()
  return (
    <section className={classes['block']} aria-label={t('revoke')}>
      <h3>{t('revoke')}</h3>
      {actions.map(({ id, label, note, act }) => (
        <div key={id} className={classes['action']}>
          <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={() => void run(id, act)}>
            {label}
          </button>
          <span>{note}</span>
        </div>
      ))}
    </section>
  )
}

const ExchangeLink = ({ exchange }: { readonly exchange: ExchangeSummary }) => (
  <li>
    <button type="button" className={classes['exchange']} onClick={() => openExchange(exchange.id)}>
      <span className="mono lk">#{exchange.seq}</span>
      <span className="mono dim">{clockTime(exchange.labTime)}</span>
      <span className="mono trunc">
        {exchange.method} {exchange.path}
      </span>
      <StatusCode status={exchange.status} tone={toneOf(exchange.verdict)} />
      <span className="trunc">{exchange.verdict === null ? '' : shortVerdict(exchange)}</span>
    </button>
  </li>
)

interface UsesProps {
  /** What the steps of an exchange that used it name. */
  readonly id: string
  /** Changes when there may be more of them. */
  readonly stamp: string | number | null
}

/** The requests that used the selected row, by what their steps say; each opens in the workbench. */
export function Uses({ id, stamp }: UsesProps) {
  const { t } = useTranslation('state')
  const exchanges = useEvidence(id, stamp)
  return (
    <section className={classes['block']} aria-label={t('uses')}>
      <h3>
        {t('uses')}
        {exchanges && exchanges.length >= EVIDENCE_SHOWN && <small>{t('usesCut', { count: EVIDENCE_SHOWN })}</small>}
      </h3>
      {exchanges?.length === 0 && <p className={classes['hint']}>{t('noUses')}</p>}
      <ul>
        {exchanges?.map((exchange) => (
          <ExchangeLink key={exchange.id} exchange={exchange} />
        ))}
      </ul>
    </section>
  )
}
