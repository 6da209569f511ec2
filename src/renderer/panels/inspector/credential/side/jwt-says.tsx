import { useTranslation } from 'react-i18next'
import type { JsonObject } from '../../../../../protocol/jwt.ts'
import { dateClaim, type ReadToken } from '../../../../../protocol/read-token.ts'
import { hasWords, say } from '../../../../i18n/say.ts'
import { countdown, useLabSecond } from '../../../../state/lab-time.ts'
import { labDate, span } from '../../dates.ts'
import { CLAIM_CLAUSES } from '../claim-clauses.ts'
import facts from './facts.module.css'
import classes from './side.module.css'
import wire from './wire.module.css'

const isDate = (name: string): name is 'exp' | 'nbf' | 'iat' => name === 'exp' || name === 'nbf' || name === 'iat'

function algorithmWords(alg: unknown): string {
  const family = typeof alg === 'string' ? (/^(HS|RS|PS|ES)(256|384|512)$/.exec(alg)?.[1] ?? alg.toLowerCase()) : 'other'
  return say(hasWords(`credential:alg.${family}`) ? `credential:alg.${family}` : 'credential:alg.other')
}

interface WhenProps {
  readonly name: 'exp' | 'nbf' | 'iat'
  readonly ms: number
  readonly payload: JsonObject
}

/** A date claim as people tell time, on the lab clock. */
function When({ name, ms, payload }: WhenProps) {
  const { t, i18n } = useTranslation('credential')
  const now = useLabSecond()
  const date = labDate(ms, now, i18n.language)
  if (name !== 'exp') return <>{t(`when.${name}.${ms > now ? 'ahead' : 'past'}`, { date, duration: span(now, ms) })}</>
  if (ms <= now) return <b title={date}>{t('when.exp.past', { date, duration: span(ms, now) })}</b>
  const issued = dateClaim(payload, 'iat')
  const share = issued === null || ms <= issued ? null : Math.min(1, (ms - now) / (ms - issued))
  return (
    <span className={facts['live']} title={date}>
      {t('when.exp.ahead')} <b className="mono">{countdown(ms - now)}</b>
      {share !== null && (
        <span className={facts['life']} aria-hidden>
          <i style={{ width: `${(share * 100).toFixed(1)}%` }} />
        </span>
      )}
      <span className="dim">{date}</span>
    </span>
  )
}

interface ClaimsProps {
  readonly claims: JsonObject
  readonly part: 'header' | 'payload'
}

function Claims({ claims, part }: ClaimsProps) {
  const { t } = useTranslation('credential')
  return (
    <table className={facts['claims']} aria-label={t(`part.${part}`)}>
      <tbody>
        {Object.entries(claims).map(([name, value]) => {
          const text = typeof value === 'string' ? value : JSON.stringify(value)
          const ms = part === 'payload' && isDate(name) ? dateClaim(claims, name) : null
          const words = hasWords(`credential:claim.${name}`) ? say(`credential:claim.${name}`) : t('claim.other')
          const clause = CLAIM_CLAUSES[name]
          return (
            <tr key={name}>
              <th scope="row" className={`trunc ${wire[`ink-${part}`]}`} title={clause === undefined ? name : `${name}, ${clause}`}>
                {name}
              </th>
              <td className="mono trunc" title={text}>
                {text}
              </td>
              <td className="trunc">
                {ms !== null && isDate(name) ? (
                  <When name={name} ms={ms} payload={claims} />
                ) : (
                  <span title={words}>{name === 'alg' ? algorithmWords(value) : words}</span>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What header and payload say, every claim with what it means and every date as people tell time. */
export function JwtSays({ read }: { readonly read: ReadToken }) {
  const { t } = useTranslation('credential')
  return (
    <section className={classes['block']} id="jwt-says">
      <div className={classes['title']}>
        <h4>{t('says')}</h4>
        <span className={classes['sub']}>{t(read.form === 'jwe' ? 'saysJwe' : 'saysJwt')}</span>
      </div>
      {(['header', 'payload'] as const).map((part) => (
        <div key={part} className={facts['part']}>
          <h5 className={wire[`ink-${part}`]}>{t(`part.${part}`)}</h5>
          {read[part] ? (
            <Claims claims={read[part]} part={part} />
          ) : (
            <p className={classes['sub']}>{t(read.form === 'jwe' ? 'encrypted' : 'unreadable')}</p>
          )}
        </div>
      ))}
    </section>
  )
}
