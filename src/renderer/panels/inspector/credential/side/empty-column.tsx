import { useTranslation } from 'react-i18next'
import { api, reasonOf } from '../../../../api.ts'
import { familyOf } from '../../../../i18n/verdict-words.ts'
import { useActions } from '../../../../state/act.ts'
import { useLab } from '../../../../state/use-lab.ts'
import { Note } from '../../note.tsx'
import type { CredentialKind } from './candidates.ts'
import classes from './side.module.css'
import type { Column } from './use-columns.ts'

/** What stands in a column that has no credential to show, with the way to get one. */
export function EmptyColumn({ kind, column: { summary, exchange, error } }: { readonly kind: CredentialKind; readonly column: Column }) {
  const { t } = useTranslation('credential')
  const client = useLab((lab) => lab.clients.find(({ mechanism, isAttacker }) => !isAttacker && familyOf(mechanism) === kind))
  const { busy, run } = useActions()
  if (error) return <Note title={t('empty.error')} text={reasonOf(error)} />
  // It is being read, which takes less than a moment.
  if (summary && !exchange) return <div className={classes['rest']} />
  return (
    <div className={classes['rest']}>
      <Note title={t(summary ? 'empty.without' : `empty.${kind}`)} text={t(summary ? 'empty.withoutHint' : 'empty.hint')}>
        {client && (
          <button
            type="button"
            className="btn sm"
            disabled={busy !== null}
            onClick={() => void run('login', () => api.clients.login({ id: client.id }))}
          >
            {t('empty.logIn', { name: client.name })}
          </button>
        )}
      </Note>
    </div>
  )
}
