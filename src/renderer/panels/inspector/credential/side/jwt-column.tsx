import { IconClipboardText, IconCookie, IconKey, IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { TokenKey } from '../../../../../contract/keys.ts'
import { type TokenFindingCode, TokenFindingCode as TokenFindingCodes } from '../../../../../contract/token-inspection.ts'
import { type ReadToken, readToken } from '../../../../../protocol/read-token.ts'
import { cookieFindings } from '../../../../../protocol/session-cookie-findings.ts'
import { reasonOf } from '../../../../api.ts'
import { say } from '../../../../i18n/say.ts'
import { labNow } from '../../../../state/lab-time.ts'
import { useKeyring } from '../../../../state/lists.ts'
import { setCredentialView } from '../../../../state/ui-state.ts'
import { type Attributes, useAttributes } from '../cookie-attributes.tsx'
import { attemptOf } from './attempts.ts'
import { BreakIt } from './break-it.tsx'
import { ColumnHead } from './column-head.tsx'
import { EmptyColumn } from './empty-column.tsx'
import { JwtSays } from './jwt-says.tsx'
import { JwtVouches } from './jwt-vouches.tsx'
import { JwtWire } from './jwt-wire.tsx'
import { perform } from './perform.ts'
import type { Carried } from './send-credential.ts'
import { CookieRows, type CookieRowsProps } from './session-says.tsx'
import classes from './side.module.css'
import type { Column } from './use-columns.ts'
import { useInspection } from './use-inspection.ts'
import { WeakPoints } from './weak-points.tsx'

/** Codes that are read off the token, with nothing to send. */
const READ_OFF: ReadonlySet<string> = new Set<TokenFindingCode>(['personal-data', 'readable-claims', 'long-life'])

const bringSaysIntoView = (): void => document.getElementById('jwt-says')?.scrollIntoView({ block: 'nearest' })
const readOf = (code: string) => (READ_OFF.has(code) ? bringSaysIntoView : null)

/** The key that the thief has: the token's own while it can sign, else the one that signs now. */
function useLeakedKey(read: ReadToken): TokenKey | null {
  const keys = useKeyring().data?.keys.filter(({ state }) => state !== 'retired') ?? []
  return keys.find(({ kid }) => kid === read.header?.['kid']) ?? keys[0] ?? null
}

function useTryOf(carried: Carried | null, token: string, read: ReadToken, leaked: TokenKey | null) {
  return (code: string): (() => Promise<string | null>) | null => {
    const { header, payload, parts } = read
    const known = TokenFindingCodes.safeParse(code)
    if (!carried || !header || !payload || !leaked || !known.success) return null
    const attempt = attemptOf(known.data, { header, payload, nowSeconds: Math.floor(labNow() / 1000) })
    if (!attempt) return null
    return () => {
      setCredentialView({ jwt: carried.exchange.id })
      return perform({ ...carried, token, parts, kid: leaked.kid }, attempt, String(payload['sub'] ?? ''))
    }
  }
}

const NO_POINTS: ReturnType<typeof cookieFindings> = { findings: [], passed: [] }

/** The attributes of the cookie that carries a token; null when none does, or nobody knows them. */
function useCookieOf(carried: Carried | null, cookieName: string | null): Attributes | null {
  const { exchange, credential } = carried ?? { exchange: null, credential: null }
  return useAttributes({
    name: cookieName ?? '',
    value: credential?.kind === 'jwt' && cookieName !== null ? credential.token : '',
    setCookie: credential?.setCookie ?? null,
    clientId: exchange?.client ?? null,
    labTime: exchange?.labTime ?? 0,
  })
}

/** How the cookie that carries a token is to be carried. */
function CarryingCookie(props: CookieRowsProps) {
  const { t } = useTranslation('credential')
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('cookie.title')}</h4>
        <span className={classes['sub']}>{t('cookie.carries')}</span>
      </div>
      <CookieRows {...props} />
    </section>
  )
}

/** In the place of the editor, for a token that was pasted. */
function NotSent() {
  const { t } = useTranslation('credential')
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('break.title')}</h4>
      </div>
      <p className={classes['sub']}>{t('paste.notSent')}</p>
    </section>
  )
}

interface TokenProps {
  readonly token: string
  /** Null for a token that was pasted. */
  readonly carried: Carried | null
  readonly carrier: string | null
  readonly cookieName: string | null
  readonly scale: number
}

function TokenBlocks({ token, carried, carrier, cookieName, scale }: TokenProps) {
  const read = useMemo(() => readToken(token), [token])
  const leaked = useLeakedKey(read)
  const { inspection, error } = useInspection(token, cookieName)
  const tryOf = useTryOf(carried, token, read, leaked)
  const attributes = useCookieOf(carried, cookieName)
  const cookie = cookieName === null ? NO_POINTS : cookieFindings({ name: cookieName, sessionId: null, traits: attributes })
  return (
    <>
      <JwtWire token={token} read={read} carrier={carrier} scale={scale} />
      <div className={classes['two']}>
        <div className={classes['stack']}>
          {token !== '' && <JwtSays read={read} />}
          {carried ? <BreakIt carried={carried} token={token} read={read} leaked={leaked} /> : <NotSent />}
          {carried && attributes && <CarryingCookie attributes={attributes} labTime={carried.exchange.labTime} />}
        </div>
        <div className={classes['stack']}>
          {token !== '' && <JwtVouches exchange={carried?.exchange ?? null} read={read} inspection={inspection} />}
          {inspection && (
            <WeakPoints
              value={token}
              findings={[...inspection.findings, ...cookie.findings].sort((one, other) => other.severity - one.severity)}
              passed={[...inspection.passed, ...cookie.passed]}
              tryOf={tryOf}
              readOf={readOf}
            />
          )}
          {error ? (
            <section className={classes['block']}>
              <p role="alert">{reasonOf(error)}</p>
            </section>
          ) : null}
        </div>
      </div>
    </>
  )
}

/** Names of the carriers as they stand on the wire. */
function carrierWords(credential: { readonly carrier: string; readonly cookieName: string | null }): string {
  if (credential.carrier === 'Authorization') return 'Authorization: Bearer'
  if (credential.carrier === 'body') return 'access_token'
  return `${credential.carrier}: ${credential.cookieName}=`
}

function PasteButton() {
  const { t } = useTranslation('credential')
  return (
    <button type="button" className="btn sm gh" title={t('paste.hint')} onClick={() => setCredentialView({ pasted: '' })}>
      <IconClipboardText size={13} stroke={1.75} aria-hidden />
      {t('paste.open')}
    </button>
  )
}

function Pasted({ token, scale }: { readonly token: string; readonly scale: number }) {
  const { t } = useTranslation('credential')
  return (
    <section className={`jwt ${classes['column']}`} aria-label={t('paste.title')}>
      <header className={classes['head']}>
        <IconClipboardText size={16} stroke={1.75} aria-hidden />
        <h3>{t('paste.title')}</h3>
        <span className={`trunc ${classes['whose']}`}>{t('paste.neverSent')}</span>
        <span className="sp" />
        <button type="button" className="btn sm" onClick={() => setCredentialView({ pasted: null })}>
          <IconX size={13} stroke={1.75} aria-hidden />
          {t('paste.close')}
        </button>
      </header>
      <TokenBlocks token={token} carried={null} carrier={null} cookieName={null} scale={scale} />
    </section>
  )
}

interface JwtColumnProps {
  readonly column: Column
  readonly pasted: string | null
  readonly scale: number
}

/** Everything about one JSON Web Token. */
export function JwtColumn({ column, pasted, scale }: JwtColumnProps) {
  const { t } = useTranslation('credential')
  if (pasted !== null) return <Pasted token={pasted} scale={scale} />
  const { summary, exchange, credential } = column
  const isCookie = summary?.mechanism === 'jwt-cookie'
  const Icon = isCookie ? IconCookie : IconKey
  return (
    <section className={`jwt ${classes['column']}`} aria-label={t('column.jwt')}>
      <ColumnHead
        kind="jwt"
        icon={<Icon size={16} stroke={1.75} aria-hidden />}
        name={say(`traffic:mechanismName.${summary?.mechanism ?? 'jwt-bearer'}`)}
        whose={summary ? t('whose.token', { name: summary.clientName ?? t('stranger') }) : ''}
        column={column}
      >
        <PasteButton />
      </ColumnHead>
      {exchange && credential?.kind === 'jwt' ? (
        <TokenBlocks
          token={credential.token}
          carried={{ exchange, credential }}
          carrier={carrierWords(credential)}
          cookieName={credential.cookieName}
          scale={scale}
        />
      ) : (
        <EmptyColumn kind="jwt" column={column} />
      )}
    </section>
  )
}
