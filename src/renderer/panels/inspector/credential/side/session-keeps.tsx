import { IconBan, IconCut, IconExternalLink, IconSpy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../../api.ts'
import { useActions } from '../../../../state/act.ts'
import { countdown, useLabSecond } from '../../../../state/lab-time.ts'
import { isSessionGone, SESSIONS_READ } from '../../../../state/reduce.ts'
import { selectExchange, setCredentialView, setUi } from '../../../../state/ui-state.ts'
import { useLab } from '../../../../state/use-lab.ts'
import { labDate, span } from '../../dates.ts'
import facts from './facts.module.css'
import { type Carried, sendCredential } from './send-credential.ts'
import classes from './side.module.css'
import { flipSessionId } from './tamper.ts'
import { keepTry, useTry } from './tries.ts'
import { TryResult } from './try-result.tsx'

interface SessionKeepsProps {
  readonly carried: Carried
  /** Of the cookie, as sent. */
  readonly value: string
  /** `id` of the row: SHA-256 of the raw id. Null while it is computed, or when the value has no id. */
  readonly rowId: string | null
}

function Row({ id }: { readonly id: string }) {
  const { t, i18n } = useTranslation('credential')
  const row = useLab((lab) => lab.sessions.get(id))
  const isGone = useLab((lab) => isSessionGone(lab, id))
  const now = useLabSecond()
  if (!row) return <p className={classes['sub']}>{isGone ? t('keeps.gone') : t('keeps.unknown', { limit: SESSIONS_READ })}</p>
  const date = (ms: number): string => labDate(ms, now, i18n.language)
  const left = (ms: number): string =>
    ms > now ? t('keeps.left', { duration: countdown(ms - now) }) : t('keeps.over', { duration: span(ms, now) })
  const cells: ReadonlyArray<readonly [name: string, value: string, more?: string]> = [
    ['id', id],
    ['account', row.account ?? t('vouch.none')],
    ['idle_expires_at', date(row.idleExpiresAt), left(row.idleExpiresAt)],
    ['absolute_expires_at', date(row.absoluteExpiresAt), left(row.absoluteExpiresAt)],
  ]
  return (
    <table className={facts['row']}>
      <tbody>
        {cells.map(([name, cell, more]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="trunc" title={cell}>
              {cell} {more !== undefined && <span className="dim">{more}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Actions({ carried, value, rowId }: SessionKeepsProps) {
  const { t } = useTranslation('credential')
  const attacker = useLab((lab) => lab.clients.find(({ isAttacker }) => isAttacker))
  const hasRow = useLab((lab) => rowId !== null && lab.sessions.has(rowId))
  const { busy, run } = useActions()
  const last = useTry(value, 'session')
  const send = async (changed: string, client: string | null): Promise<void> => {
    setCredentialView({ session: carried.exchange.id })
    const id = await run('send', () => sendCredential(carried, changed, client, '/me'))
    if (id !== undefined) keepTry(value, 'session', id)
  }
  const isBusy = busy !== null
  return (
    <div className={facts['actions']}>
      <button
        type="button"
        className="btn sm"
        disabled={isBusy || !hasRow}
        title={hasRow ? undefined : t('keeps.noRow')}
        onClick={() => void run('revoke', () => api.sessions.end({ id: rowId ?? '' }))}
      >
        <IconBan size={13} stroke={1.75} aria-hidden />
        {t('keeps.revoke')}
      </button>
      <button type="button" className="btn sm" disabled={isBusy} onClick={() => void send(flipSessionId(value), null)}>
        <IconCut size={13} stroke={1.75} aria-hidden />
        {t('flip')}
      </button>
      {attacker && (
        <button type="button" className="btn sm" disabled={isBusy} onClick={() => void send(value, attacker.id)}>
          <IconSpy size={13} stroke={1.75} aria-hidden />
          {t('replayAs', { name: attacker.name })}
        </button>
      )}
      {last !== undefined && (
        <span role="status">
          <TryResult id={last} />
        </span>
      )}
    </div>
  )
}

/** The row that the session cookie leads to, as it is now, and what can be done to row and cookie. */
export function SessionKeeps(props: SessionKeepsProps) {
  const { t } = useTranslation('credential')
  const store = useLab((lab) => lab.cluster.store)
  const { carried, rowId } = props
  const hasRow = useLab((lab) => rowId !== null && lab.sessions.has(rowId))
  const open = (): void => {
    selectExchange(carried.exchange.id)
    setUi({ inspectorTab: 'state' })
  }
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('keeps.title')}</h4>
        {hasRow && <span className={`trunc ${classes['sub']}`}>{t(`keeps.${store}`)}</span>}
        <span className="sp" />
        <button type="button" className="btn sm gh" onClick={open}>
          <IconExternalLink size={13} stroke={1.75} aria-hidden />
          {t('keeps.state')}
        </button>
      </div>
      {rowId !== null && <Row id={rowId} />}
      <Actions {...props} />
    </section>
  )
}
