import { IconChevronDown, IconChevronUp, IconCookie, IconCookieOff, IconKey } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client, IgnoredCookie, JarCookie, VaultToken } from '../../../contract/clients.ts'
import { MAX_NAME_VALUE_OCTETS } from '../../../protocol/set-cookie.ts'
import { clockTime } from '../../state/lab-time.ts'
import { CopyButton } from '../../ui/code-block.tsx'
import classes from './clients.module.css'

function useCopyWords(): { label: string; doneLabel: string } {
  const { t } = useTranslation('clients')
  return { label: t('jar.copy'), doneLabel: t('jar.copied') }
}

const octetsOf = ({ name, value }: JarCookie): number => new TextEncoder().encode(name + value).length

/** How much of what a user agent takes (RFC 6265bis §5.6) a cookie uses up. */
function CookieSize({ octets }: { readonly octets: number }) {
  const { t } = useTranslation('clients')
  return (
    <div className={classes['size']}>
      <span>{t('jar.octets', { octets, limit: MAX_NAME_VALUE_OCTETS })}</span>
      <span className={classes['sizeBar']} aria-hidden>
        <i style={{ width: `${Math.min(100, (octets / MAX_NAME_VALUE_OCTETS) * 100)}%` }} />
      </span>
    </div>
  )
}

function IgnoredNote({ cookie }: { readonly cookie: IgnoredCookie }) {
  const { t } = useTranslation('clients')
  return (
    <p className={classes['ignored']}>
      <IconCookieOff size={14} stroke={1.75} aria-hidden />
      <span>{t('jar.ignored', { name: cookie.name, octets: cookie.octets, limit: MAX_NAME_VALUE_OCTETS })}</span>
    </p>
  )
}

function CookieRow({ cookie }: { readonly cookie: JarCookie }) {
  const { t } = useTranslation('clients')
  const words = useCopyWords()
  const attributes = [
    cookie.isHttpOnly && 'HttpOnly',
    cookie.isSecure && 'Secure',
    cookie.sameSite && `SameSite=${cookie.sameSite}`,
    `Path=${cookie.path}`,
    cookie.expiresAt === null ? t('jar.untilClose') : t('jar.until', { time: clockTime(cookie.expiresAt) }),
  ].filter((attribute) => typeof attribute === 'string')
  return (
    <li className={classes['row']}>
      <div className={classes['line']}>
        <b className="mono">{cookie.name}</b>
        <span className="mono trunc" title={cookie.value}>
          {cookie.value}
        </span>
        <CopyButton text={cookie.value} {...words} />
      </div>
      <div className={classes['attributes']}>
        {attributes.map((attribute) => (
          <span key={attribute}>{attribute}</span>
        ))}
      </div>
      <CookieSize octets={octetsOf(cookie)} />
    </li>
  )
}

function TokenRow({ token, isDiscarded }: { readonly token: VaultToken; readonly isDiscarded: boolean }) {
  const { t } = useTranslation('clients')
  const words = useCopyWords()
  return (
    <li className={classes['row']}>
      <div className={classes['line']}>
        <b className="mono">{token.kind}</b>
        <span className="mono trunc" title={token.token}>
          {token.token}
        </span>
        <CopyButton text={token.token} {...words} />
      </div>
      <div className={classes['attributes']}>
        {isDiscarded && <span>{t('jar.discarded')}</span>}
        <span>{t('jar.received', { time: clockTime(token.receivedAt) })}</span>
        {token.expiresAt !== null && <span>{t('jar.exp', { time: clockTime(token.expiresAt) })}</span>}
      </div>
    </li>
  )
}

/** The client's cookie jar and token vault, as they are. */
export function ClientJar({ client }: { readonly client: Client }) {
  const { t } = useTranslation('clients')
  const id = useId()
  const [open, setOpen] = useState<'jar' | 'vault' | null>(null)
  const tokens = client.vault.length + client.discarded.length
  const Chevron = open ? IconChevronUp : IconChevronDown
  const flip = (part: 'jar' | 'vault'): void => setOpen(open === part ? null : part)
  return (
    <div className={classes['jar']}>
      {client.ignoredCookies.map((cookie) => (
        <IgnoredNote key={cookie.name} cookie={cookie} />
      ))}
      <div className={classes['jarHead']}>
        <button type="button" aria-expanded={open === 'jar'} aria-controls={id} onClick={() => flip('jar')}>
          <IconCookie size={13} stroke={1.75} aria-hidden />
          {t('jar.cookies', { count: client.cookies.length })}
        </button>
        <button type="button" aria-expanded={open === 'vault'} aria-controls={id} onClick={() => flip('vault')}>
          <IconKey size={13} stroke={1.75} aria-hidden />
          {t('jar.tokens', { count: tokens })}
        </button>
        <span className="sp" />
        <Chevron size={13} stroke={1.75} aria-hidden className="dim" />
      </div>
      {open && (
        <ul id={id}>
          {open === 'jar' && client.cookies.map((cookie) => <CookieRow key={`${cookie.name};${cookie.path}`} cookie={cookie} />)}
          {open === 'vault' && client.vault.map((token) => <TokenRow key={token.token} token={token} isDiscarded={false} />)}
          {open === 'vault' && client.discarded.map((token) => <TokenRow key={token.token} token={token} isDiscarded />)}
          {(open === 'jar' ? client.cookies.length : tokens) === 0 && <li className={classes['row']}>{t('jar.empty')}</li>}
        </ul>
      )}
    </div>
  )
}
