import { IconClockX, IconLogout, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SessionRow } from '../../../../contract/sessions.ts'
import { api } from '../../../api.ts'
import { notify, useActions } from '../../../state/act.ts'
import { useLabSecond } from '../../../state/lab-time.ts'
import { isSessionGone, SESSIONS_READ } from '../../../state/reduce.ts'
import { useLab } from '../../../state/use-lab.ts'
import tables from '../../../ui/table.module.css'
import { span } from '../dates.ts'
import { cellText } from '../story/evidence.tsx'
import classes from './state.module.css'

const FIELDS: ReadonlyArray<keyof SessionRow> = [
  'id',
  'account',
  'createdAt',
  'lastSeenAt',
  'idleExpiresAt',
  'absoluteExpiresAt',
  'node',
  'device',
]

function Actions({ row }: { readonly row: SessionRow }) {
  const { t } = useTranslation('inspector', { keyPrefix: 'state' })
  const { busy, run } = useActions()
  const { id, account } = row
  const logOut = async (name: string): Promise<void> => {
    const answer = await run('log-out', () => api.accounts.endSessions({ name }))
    if (answer) notify(t('loggedOut', { count: answer.ended }))
  }
  return (
    <div className={classes['actions']}>
      <button
        type="button"
        className="btn sm"
        disabled={busy !== null}
        onClick={() => void run('expire', () => api.sessions.expire({ id }))}
      >
        <IconClockX size={13} stroke={1.75} aria-hidden />
        {t('expire')}
      </button>
      <button type="button" className="btn sm" disabled={busy !== null} onClick={() => void run('end', () => api.sessions.end({ id }))}>
        <IconTrash size={13} stroke={1.75} aria-hidden />
        {t('revoke')}
      </button>
      {account !== null && (
        <button type="button" className="btn sm" disabled={busy !== null} title={t('logoutAllHint')} onClick={() => void logOut(account)}>
          <IconLogout size={13} stroke={1.75} aria-hidden />
          {t('logoutAll', { account })}
        </button>
      )}
    </div>
  )
}

/** The row of a session as it is now, with what the operator can do to it. */
export function LiveSession({ id }: { readonly id: string }) {
  const { t, i18n } = useTranslation('inspector')
  const row = useLab((lab) => lab.sessions.get(id))
  const isGone = useLab((lab) => isSessionGone(lab, id))
  const context = useLab((lab) => lab.cluster.store)
  const now = useLabSecond()
  if (!row) {
    return (
      <section className={classes['block']}>
        <h3>{t(isGone ? 'state.nowGone' : 'state.nowUnknown', { context })}</h3>
        <p>{isGone ? t('state.nowGoneHint') : t('state.nowUnknownHint', { limit: SESSIONS_READ })}</p>
      </section>
    )
  }
  const left = row.idleExpiresAt - now
  return (
    <section className={classes['block']}>
      <h3>
        {t('state.now', { context })}
        <small>{t(left > 0 ? 'state.idleLeft' : 'state.idlePassed', { duration: span(now, row.idleExpiresAt) })}</small>
      </h3>
      <table className={`${tables['table']} ${tables['wire']} ${classes['sides']}`}>
        <tbody>
          {FIELDS.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{row[name] === null ? <span className="dim">{t('none')}</span> : cellText(name, row[name], now, i18n.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Actions row={row} />
    </section>
  )
}
