import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { JarCookie } from '../../../../contract/clients.ts'
import type { SetCookie } from '../../../../protocol/set-cookie.ts'
import { useLab } from '../../../state/use-lab.ts'
import tables from '../../../ui/table.module.css'
import { labDate } from '../dates.ts'
import { COOKIE_CLAUSES } from './cookie-clauses.ts'
import classes from './credential.module.css'

/** What is known of a cookie beyond its name and value. */
export interface Attributes {
  readonly source: 'response' | 'jar'
  readonly isHttpOnly: boolean
  readonly isSecure: boolean
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null
  readonly path: string
  /** Null: this host only. */
  readonly domain: string | null
  /** Lab time, Unix milliseconds; null: until the browser closes. */
  readonly expiresAt: number | null
}

const fromResponse = (cookie: SetCookie, labTime: number): Attributes => ({
  source: 'response',
  isHttpOnly: cookie.isHttpOnly,
  isSecure: cookie.isSecure,
  sameSite: cookie.sameSite,
  path: cookie.path ?? '/',
  domain: cookie.domain,
  // RFC 6265bis §5.7: Max-Age wins over Expires.
  expiresAt: cookie.maxAgeSeconds === null ? cookie.expiresAtMs : labTime + cookie.maxAgeSeconds * 1000,
})

const fromJar = (cookie: JarCookie): Attributes => ({
  source: 'jar',
  isHttpOnly: cookie.isHttpOnly,
  isSecure: cookie.isSecure,
  sameSite: cookie.sameSite,
  path: cookie.path,
  domain: cookie.domain.startsWith('.') ? cookie.domain : null,
  expiresAt: cookie.expiresAt,
})

interface Row {
  readonly name: string
  readonly isOn: boolean
  readonly words: string
  readonly clause: string
}

const LAX_WORDS = { Strict: 'sameSiteStrict', Lax: 'sameSiteLax', None: 'sameSiteNone' } as const

function useRows(attributes: Attributes, labTime: number): Row[] {
  const { t, i18n } = useTranslation('inspector', { keyPrefix: 'credential' })
  const { isHttpOnly, isSecure, sameSite, path, domain, expiresAt } = attributes
  return [
    { name: 'HttpOnly', isOn: isHttpOnly, words: t(isHttpOnly ? 'httpOnlySet' : 'httpOnlyUnset'), clause: COOKIE_CLAUSES.httpOnly },
    {
      name: sameSite === null ? 'SameSite' : `SameSite=${sameSite}`,
      isOn: sameSite !== null,
      words: t(sameSite === null ? 'sameSiteUnset' : LAX_WORDS[sameSite]),
      clause: COOKIE_CLAUSES.sameSite,
    },
    { name: `Path=${path}`, isOn: true, words: t('path', { path }), clause: COOKIE_CLAUSES.path },
    {
      name: 'Max-Age / Expires',
      isOn: expiresAt !== null,
      words: expiresAt === null ? t('lifetimeBrowser') : t('lifetimeUntil', { date: labDate(expiresAt, labTime, i18n.language) }),
      clause: COOKIE_CLAUSES.lifetime,
    },
    {
      name: 'Domain',
      isOn: domain !== null,
      words: domain === null ? t('domainUnset') : t('domainSet', { domain }),
      clause: COOKIE_CLAUSES.domain,
    },
    { name: 'Secure', isOn: isSecure, words: t(isSecure ? 'secureSet' : 'secureUnset'), clause: COOKIE_CLAUSES.secure },
  ]
}

function Table({ attributes, labTime }: { readonly attributes: Attributes; readonly labTime: number }) {
  const { t } = useTranslation('inspector', { keyPrefix: 'credential' })
  const rows = useRows(attributes, labTime)
  return (
    <table className={`${tables['table']} ${classes['attributes']}`}>
      <tbody>
        {rows.map(({ name, isOn, words, clause }) => (
          <tr key={name}>
            <th scope="row" className={isOn ? '' : classes['unset']}>
              {name}
            </th>
            <td>
              {isOn ? <IconCheck size={14} stroke={1.75} aria-hidden /> : <IconMinus size={14} stroke={1.75} aria-hidden />}
              <span className="sr">{t(isOn ? 'isSet' : 'isNotSet')}: </span>
            </td>
            <td>
              {words} <span className={classes['clause']}>{clause}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A cookie in an exchange. */
interface CookieAttributesProps {
  readonly name: string
  /** Raw value as in the jar; a jar's cookie with another value says nothing about this one. */
  readonly value: string
  readonly setCookie: SetCookie | null
  /** Lab client that sent the exchange; null for strangers. */
  readonly clientId: string | null
  /** Lab time of the exchange, Unix milliseconds. */
  readonly labTime: number
}

/** From the Set-Cookie of this exchange, else from the jar of its client or of whoever else holds this cookie; null where none tells. */
export function useAttributes({ name, value, setCookie, clientId, labTime }: CookieAttributesProps): Attributes | null {
  const clients = useLab((lab) => lab.clients)
  if (setCookie) return fromResponse(setCookie, labTime)
  const own = clients.filter(({ id }) => id === clientId)
  const kept = [...own, ...clients].flatMap(({ cookies }) => cookies).find((cookie) => cookie.name === name && cookie.value === value)
  return kept ? fromJar(kept) : null
}

/** Attributes of a cookie, each with what it does: from the Set-Cookie of this exchange, else from the client's jar. */
export function CookieAttributes(props: CookieAttributesProps) {
  const { t } = useTranslation('inspector', { keyPrefix: 'credential' })
  const { labTime } = props
  const attributes = useAttributes(props)
  return (
    <section className={classes['block']}>
      <h3>
        {t('attributes')}
        {attributes && <small>{t(attributes.source === 'jar' ? 'attributesFromJar' : 'attributesFromResponse')}</small>}
      </h3>
      {attributes?.expiresAt !== null && attributes !== null && attributes.expiresAt <= labTime && <p>{t('cleared')}</p>}
      {attributes ? <Table attributes={attributes} labTime={labTime} /> : <p className="dim">{t('attributesUnknown')}</p>}
    </section>
  )
}
