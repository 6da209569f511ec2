import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import type { JsonObject } from '../../../../protocol/jwt.ts'
import { dateClaim, type ReadToken, readToken } from '../../../../protocol/read-token.ts'
import { hasWords, say } from '../../../i18n/say.ts'
import { useLabSecond } from '../../../state/lab-time.ts'
import { useLab } from '../../../state/use-lab.ts'
import { CopyButton } from '../../../ui/code-block.tsx'
import tables from '../../../ui/table.module.css'
import { labDate, span } from '../dates.ts'
import { CLAIM_CLAUSES } from './claim-clauses.ts'
import { CookieAttributes } from './cookie-attributes.tsx'
import classes from './credential.module.css'
import type { FoundCredential } from './find-credential.ts'

type JwtCredential = Extract<FoundCredential, { kind: 'jwt' }>

const PARTS = ['header', 'payload', 'signature'] as const
const DATES: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat'])

/** How a date claim stands to lab time. */
function whenWords(name: string, ms: number, now: number): string {
  const duration = span(now, ms)
  if (name === 'exp') return say(ms > now ? 'inspector:credential.expiresIn' : 'inspector:credential.expiredAgo', { duration })
  if (ms <= now) return say('inspector:credential.ago', { duration })
  return say(name === 'nbf' ? 'inspector:credential.validIn' : 'inspector:credential.ahead', { duration })
}

function Claims({ claims, accent }: { readonly claims: JsonObject; readonly accent: string }) {
  const { t, i18n } = useTranslation('inspector')
  const now = useLabSecond()
  return (
    <table className={`${tables['table']} ${classes['claims']}`}>
      <tbody>
        {Object.entries(claims).map(([name, value]) => {
          const isDate = DATES.has(name) && typeof value === 'number'
          const clause = CLAIM_CLAUSES[name]
          return (
            <tr key={name}>
              <th scope="row" className={accent}>
                {name}
              </th>
              <td>
                <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
                {isDate && (
                  <b className={classes['when']}>
                    {t('credential.dated', { date: labDate(value * 1000, now, i18n.language), when: whenWords(name, value * 1000, now) })}
                  </b>
                )}
                <span className={classes['meaning']}>
                  {say(hasWords(`inspector:claim.${name}`) ? `inspector:claim.${name}` : 'inspector:claim.other')}
                  {clause && <span className={classes['clause']}>{clause}</span>}
                </span>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Wire({ credential, read }: { readonly credential: JwtCredential; readonly read: ReadToken }) {
  const { t } = useTranslation('inspector')
  const isUnsigned = !read.parts[2]
  const isSent = credential.carrier === 'Authorization' || credential.carrier === 'Cookie'
  return (
    <section className={classes['block']}>
      <h3>
        {t('credential.onTheWire')}
        <small className="mono">{credential.carrier}</small>
        <span className="sp" />
        <CopyButton text={credential.token} label={t('copy')} doneLabel={t('copied')} />
      </h3>
      <p className="dim">{t(isSent ? 'credential.sent' : 'credential.given')}</p>
      <p className={classes['token']}>
        {read.parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a token never move.
          <span key={index}>
            {index > 0 && <span className={classes['dot']}>.</span>}
            <span className={classes[PARTS[index] ?? 'dot']}>{part}</span>
          </span>
        ))}
      </p>
      <p className={classes['legend']}>
        <b>{credential.token.length} B</b>
        {PARTS.map((name, index) => (
          <span key={name} className={classes[name]}>
            <i aria-hidden />
            {t(`credential.part.${name}`)} {read.parts[index]?.length ?? 0}
          </span>
        ))}
      </p>
      {read.flaw === null ? (
        <p>{t(isUnsigned ? 'credential.unsignedToken' : 'credential.signedNotEncrypted')}</p>
      ) : (
        <p>
          {t('credential.notAJwt')}
          {t(`credential.flaw.${read.flaw}`)}
        </p>
      )}
    </section>
  )
}

function Part({ read, part }: { readonly read: ReadToken; readonly part: 'header' | 'payload' }) {
  const { t } = useTranslation('inspector')
  const claims = read[part]
  const raw = read.parts[part === 'header' ? 0 : 1]
  return (
    <>
      <h4 className={classes[part]}>{t(`credential.${part}`)}</h4>
      {claims ? (
        <Claims claims={claims} accent={classes[part] ?? ''} />
      ) : (
        raw && (
          <p>
            {t('credential.unreadablePart')} <span className={classes['token']}>{raw}</span>
          </p>
        )
      )}
    </>
  )
}

/** What changes nothing for a token while it is valid; none of it where the nodes look up what would. */
function useNotObeyed(): readonly ('logout' | 'role' | 'disable' | 'sessions')[] {
  const way = useLab((lab) => lab.cluster.revocation)
  const isAccountRead = useLab((lab) => lab.cluster.recheckAccount)
  return [
    ...(way === 'none' ? (['logout'] as const) : []),
    ...(isAccountRead ? [] : (['role'] as const)),
    // The introspection endpoint looks at the account, too.
    ...(isAccountRead || way === 'introspection' ? [] : (['disable'] as const)),
    'sessions',
  ]
}

/** What a token does not obey while it is valid, and until when. */
function NotObeyed({ read }: { readonly read: ReadToken }) {
  const { t, i18n } = useTranslation('inspector')
  const now = useLabSecond()
  const notObeyed = useNotObeyed()
  const until = notObeyed.length === 4 ? 'credential.until' : 'credential.untilEnded'
  const exp = dateClaim(read.payload, 'exp')
  const date = exp === null ? '' : labDate(exp, now, i18n.language)
  return (
    <section className={classes['block']}>
      <h3>
        {t('credential.doesNotObey')}
        <small>RFC 7009 §3</small>
      </h3>
      {exp === null && (
        <p>
          {t('credential.noExp')}
          {t('credential.forever')}
        </p>
      )}
      {exp !== null && <p>{exp > now ? t(until, { date, duration: span(now, exp) }) : t('credential.over', { date })}</p>}
      <ul className={classes['list']}>
        {notObeyed.map((name) => (
          <li key={name}>{t(`credential.notObeyed.${name}`)}</li>
        ))}
      </ul>
    </section>
  )
}

/** A JSON Web Token in its three parts, every claim explained, and what it does not obey. */
export function JwtView({ credential, exchange }: { readonly credential: JwtCredential; readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const read = readToken(credential.token)
  const isRefused = exchange.verdict !== 'allowed' && exchange.verdict !== 'insufficient-role' && exchange.verdict !== 'insufficient-scope'
  const isExpired = exchange.verdict === 'token-expired'
  return (
    <div className="jwt">
      <Wire credential={credential} read={read} />
      <section className={classes['block']}>
        <h3>
          {t('credential.whatItSays')}
          <small>{t('credential.readable')}</small>
        </h3>
        <Part read={read} part="header" />
        <Part read={read} part="payload" />
      </section>
      {(!isRefused || isExpired) && <NotObeyed read={read} />}
      {credential.cookieName !== null && (
        <CookieAttributes
          name={credential.cookieName}
          value={credential.token}
          setCookie={credential.setCookie}
          clientId={exchange.client}
          labTime={exchange.labTime}
        />
      )}
    </div>
  )
}
