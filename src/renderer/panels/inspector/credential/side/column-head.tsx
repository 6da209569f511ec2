import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { currentUi, selectExchange, setCredentialView } from '../../../../state/ui-state.ts'
import { currentLog } from '../../../../state/use-lab.ts'
import { type CredentialKind, carries } from './candidates.ts'
import classes from './side.module.css'
import { VerdictLine } from './try-result.tsx'
import type { Column } from './use-columns.ts'

interface ColumnHeadProps {
  readonly kind: CredentialKind
  readonly icon: ReactNode
  readonly name: string
  /** Whose credential it is. */
  readonly whose: string
  readonly column: Column
  readonly children?: ReactNode
}

/** Shows another exchange in the column of its kind. Where that column follows the selection, the selection moves. */
export function show(kind: CredentialKind, id: string): void {
  const { selectedExchange } = currentUi()
  const selected = selectedExchange === null ? null : currentLog().find(selectedExchange)
  if (selected && carries(selected, kind)) selectExchange(id)
  else setCredentialView({ [kind]: id })
}

/** Whose credential a column shows, from which exchange, and how that ended. */
export function ColumnHead({ kind, icon, name, whose, column: { candidates, summary }, children }: ColumnHeadProps) {
  const { t } = useTranslation('credential')
  const offered = summary && !candidates.some(({ id }) => id === summary.id) ? [summary, ...candidates] : candidates
  return (
    <header className={classes['head']}>
      {icon}
      <h3>{name}</h3>
      <span className={`trunc ${classes['whose']}`} title={whose}>
        {whose}
      </span>
      <span className="sp" />
      {children}
      {summary && (
        <>
          <select
            className={classes['picker']}
            aria-label={t(`pick.${kind}`)}
            title={t(`pick.${kind}`)}
            value={summary.id}
            onChange={({ currentTarget }) => show(kind, currentTarget.value)}
          >
            {offered.map(({ id, seq, method, path, clientName }) => (
              <option key={id} value={id}>
                {`#${seq} ${method} ${path.slice(0, 40)} · ${clientName ?? t('stranger')}`}
              </option>
            ))}
          </select>
          <VerdictLine exchange={summary} />
        </>
      )}
    </header>
  )
}
