import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { useLabSecond } from '../../../state/lab-time.ts'
import { isSessionGone, SESSIONS_READ } from '../../../state/reduce.ts'
import { useLab } from '../../../state/use-lab.ts'
import { CopyButton } from '../../../ui/code-block.tsx'
import tables from '../../../ui/table.module.css'
import { labDate, span } from '../dates.ts'
import { useSha256 } from '../use-sha256.ts'
import { CookieAttributes } from './cookie-attributes.tsx'
import classes from './credential.module.css'
import { type FoundCredential, splitSessionValue } from './find-credential.ts'

type SessionCredential = Extract<FoundCredential, { kind: 'session' }>

function LiveRow({ hash }: { readonly hash: string }) {
  const { t, i18n } = useTranslation('inspector')
  const row = useLab((lab) => lab.sessions.get(hash))
  const isGone = useLab((lab) => isSessionGone(lab, hash))
  const now = useLabSecond()
  if (!row) return <p>{isGone ? t('credential.rowMissing') : t('state.nowUnknownHint', { limit: SESSIONS_READ })}</p>
  const end = Math.min(row.idleExpiresAt, row.absoluteExpiresAt)
  const date = (ms: number): string => labDate(ms, now, i18n.language)
  return (
    <>
      <p>
        {t('credential.rowFound', {
          account: row.account ?? t('none'),
          left: t(end > now ? 'state.idleLeft' : 'state.idlePassed', { duration: span(now, end) }),
        })}
      </p>
      <table className={`${tables['table']} ${classes['claims']}`}>
        <tbody>
          {(['createdAt', 'lastSeenAt', 'idleExpiresAt', 'absoluteExpiresAt'] as const).map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{date(row[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** A session cookie: an id with an HMAC over it, what its attributes do, and the row that the id leads to. */
export function SessionView({ credential, exchange }: { readonly credential: SessionCredential; readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const parts = splitSessionValue(credential.value)
  const hash = useSha256(parts?.id ?? null)
  return (
    <div className="ses">
      <section className={classes['block']}>
        <h3>
          {t('credential.onTheWire')}
          <small className="mono">
            {credential.carrier}: {credential.name}=
          </small>
          <span className="sp" />
          <CopyButton text={credential.value} label={t('copy')} doneLabel={t('copied')} />
        </h3>
        <p className="dim">{t(credential.carrier === 'Cookie' ? 'credential.sent' : 'credential.given')}</p>
        <p className={classes['token']}>
          {parts ? (
            <>
              <span className={classes['prefix']}>s:</span>
              <span className={classes['id']}>{parts.id}</span>
              <span className={classes['dot']}>.</span>
              <span className={classes['signature']}>{parts.signature}</span>
            </>
          ) : (
            credential.value
          )}
        </p>
        {!parts && <p>{t('credential.unsigned')}</p>}
      </section>
      {parts && (
        <section className={classes['block']}>
          <h3>
            {t('credential.whatItSays')}
            <small>{t('credential.saysNothing')}</small>
          </h3>
          <table className={`${tables['table']} ${classes['claims']}`}>
            <tbody>
              <tr>
                <th scope="row" className={classes['id']}>
                  {t('credential.sessionId')}
                </th>
                <td>{t('credential.idMeaning')}</td>
              </tr>
              <tr>
                <th scope="row" className={classes['signature']}>
                  {t('credential.hmac')}
                </th>
                <td>{t('credential.hmacMeaning')}</td>
              </tr>
            </tbody>
          </table>
        </section>
      )}
      {hash && (
        <section className={classes['block']}>
          <h3>{t('credential.hash')}</h3>
          <p className={classes['token']}>{hash}</p>
          <p className="dim">{t('credential.hashMeaning')}</p>
          <LiveRow hash={hash} />
        </section>
      )}
      <CookieAttributes {...credential} clientId={exchange.client} labTime={exchange.labTime} />
    </div>
  )
}
