import { IconAlertCircle, IconCheck, IconPoint } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { labDate } from '../../dates.ts'
import type { Attributes } from '../cookie-attributes.tsx'
import { COOKIE_CLAUSES } from '../cookie-clauses.ts'
import facts from './facts.module.css'
import classes from './side.module.css'

interface Row {
  readonly name: string
  /** `good` protects, `plain` only tells, `off` is missing. */
  readonly state: 'good' | 'plain' | 'off'
  readonly words: string
  readonly clause: string
}

const ICONS = { good: IconCheck, plain: IconPoint, off: IconAlertCircle } as const

function useRows({ isHttpOnly, isSecure, sameSite, path, domain, expiresAt }: Attributes, labTime: number): Row[] {
  const { t, i18n } = useTranslation('credential', { keyPrefix: 'cookie' })
  return [
    {
      name: 'HttpOnly',
      state: isHttpOnly ? 'good' : 'off',
      words: t(isHttpOnly ? 'httpOnly' : 'noHttpOnly'),
      clause: COOKIE_CLAUSES.httpOnly,
    },
    {
      name: sameSite === null ? 'SameSite' : `SameSite=${sameSite}`,
      state: sameSite === null || sameSite === 'None' ? 'off' : 'good',
      words: t(`sameSite.${sameSite ?? 'absent'}`),
      clause: COOKIE_CLAUSES.sameSite,
    },
    { name: `Path=${path}`, state: 'plain', words: t('path'), clause: COOKIE_CLAUSES.path },
    {
      name: expiresAt === null ? 'Max-Age' : 'Max-Age / Expires',
      state: 'plain',
      words: expiresAt === null ? t('noLifetime') : t('lifetime', { date: labDate(expiresAt, labTime, i18n.language) }),
      clause: COOKIE_CLAUSES.lifetime,
    },
    {
      name: 'Domain',
      state: domain === null ? 'plain' : 'off',
      words: domain === null ? t('noDomain') : t('domain', { domain }),
      clause: COOKIE_CLAUSES.domain,
    },
    { name: 'Secure', state: isSecure ? 'good' : 'off', words: t(isSecure ? 'secure' : 'noSecure'), clause: COOKIE_CLAUSES.secure },
  ]
}

/** A cookie's attributes at the time of an exchange. */
export interface CookieRowsProps {
  readonly attributes: Attributes
  /** Lab time of the exchange, Unix milliseconds. */
  readonly labTime: number
}

/** The attributes of a cookie, each with what it does. */
export function CookieRows({ attributes, labTime }: CookieRowsProps) {
  const { t } = useTranslation('credential')
  const source = t(attributes.source === 'jar' ? 'cookie.fromJar' : 'cookie.fromResponse')
  return (
    <table className={facts['attributes']} aria-label={source} title={source}>
      <tbody>
        {useRows(attributes, labTime).map(({ name, state, words, clause }) => {
          const Icon = ICONS[state]
          return (
            <tr key={name}>
              <th scope="row" className={`trunc ${state === 'off' ? facts['struck'] : ''}`} title={`${name}, ${clause}`}>
                {name}
              </th>
              <td>
                <Icon size={15} stroke={1.75} aria-label={t(`cookie.state.${state}`)} className={state === 'good' ? '' : 'dim'} />
              </td>
              <td>{words}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface SessionSaysProps {
  /** Null where nobody knows them: a Cookie header carries none. */
  readonly attributes: Attributes | null
  readonly account: string | null
  /** Lab time of the exchange, Unix milliseconds. */
  readonly labTime: number
}

/** What a session cookie says: nothing about its owner, only how it is to be carried. */
export function SessionSays({ attributes, account, labTime }: SessionSaysProps) {
  const { t } = useTranslation('credential')
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('says')}</h4>
        <span className={`trunc ${classes['sub']}`}>{account === null ? t('saysNobody') : t('saysSession', { account })}</span>
      </div>
      {attributes ? <CookieRows attributes={attributes} labTime={labTime} /> : <p className={classes['sub']}>{t('cookie.unknown')}</p>}
    </section>
  )
}
