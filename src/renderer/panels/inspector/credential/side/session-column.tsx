import { IconCookie, IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../../contract/exchanges.ts'
import { cookieFindings } from '../../../../../protocol/session-cookie-findings.ts'
import { say } from '../../../../i18n/say.ts'
import { useKeyring } from '../../../../state/lists.ts'
import { setCredentialView } from '../../../../state/ui-state.ts'
import { useLab } from '../../../../state/use-lab.ts'
import { useSha256 } from '../../use-sha256.ts'
import { useAttributes } from '../cookie-attributes.tsx'
import { type FoundCredential, splitSessionValue } from '../find-credential.ts'
import { ByteBar } from './byte-bar.tsx'
import { ColumnHead } from './column-head.tsx'
import { EmptyColumn } from './empty-column.tsx'
import { withoutStore } from './perform.ts'
import { type Carried, sendCredential } from './send-credential.ts'
import { SessionKeeps } from './session-keeps.tsx'
import { SessionSays } from './session-says.tsx'
import classes from './side.module.css'
import type { Column } from './use-columns.ts'
import { WeakPoints } from './weak-points.tsx'
import wire from './wire.module.css'

type SessionCredential = Extract<FoundCredential, { kind: 'session' }>

/** What the node found about the signature of the cookie, and with which secret; nothing where it did not look. */
function Signature({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('credential')
  const step = exchange.steps.find(({ kind }) => kind === 'cookie-signature')
  if (!step) return null
  const isGood = step.outcome === 'pass'
  const Icon = isGood ? IconShieldCheck : IconShieldX
  return (
    <span className={`vd ${isGood ? 'ok' : 'no'}`}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {t(isGood ? 'cookie.signatureGood' : 'cookie.signatureBad')}
    </span>
  )
}

/** The secret that the cookie was checked with: the node tells its place among those that there were at the time. Null where it cannot be told. */
function useSecretName(exchange: Exchange): string | null {
  const { data: keyring } = useKeyring()
  const place = exchange.steps.find(({ kind }) => kind === 'cookie-signature')?.evidence['key']
  const node = useLab((lab) => lab.nodes.find(({ id }) => id === exchange.node))
  if (typeof place !== 'number' || node?.hasOwnCookieSecret) return null
  const then = keyring?.cookieSecrets.filter(({ createdAt }) => createdAt === null || createdAt <= exchange.labTime)
  return then?.[place]?.id ?? null
}

interface PieceProps {
  readonly className: string
  readonly text: string
  readonly label: string
}

const Piece = ({ className, text, label }: PieceProps) => (
  <span className={`${wire['piece']} ${wire[className]}`}>
    <span className={`mono trunc ${wire['letters']}`} title={text}>
      {text}
    </span>
    <span className={wire['caption']}>{label}</span>
  </span>
)

function SessionWire({
  exchange,
  credential,
  scale,
}: {
  readonly exchange: Exchange
  readonly credential: SessionCredential
  readonly scale: number
}) {
  const { t } = useTranslation('credential')
  const parts = splitSessionValue(credential.value)
  const secret = useSecretName(exchange)
  const { value } = credential
  return (
    <section className={classes['block']}>
      <div className={classes['title']}>
        <h4>{t('onTheWire')}</h4>
        <span className={`mono ${classes['sub']}`}>
          {credential.carrier}: {credential.name}=
        </span>
        <span className="sp" />
        <Signature exchange={exchange} />
      </div>
      {parts ? (
        <div className={wire['pieces']}>
          <Piece className="piece-prefix" text={value.startsWith('s%3A') ? 's%3A' : 's:'} label={t('cookie.prefix')} />
          <Piece className="piece-id" text={parts.id} label={t('cookie.id', { count: parts.id.length })} />
          <span className={wire['dot']}>.</span>
          <Piece className="piece-hmac" text={parts.signature} label={secret === null ? 'HMAC-SHA256' : `HMAC-SHA256, ${secret}`} />
        </div>
      ) : (
        <p className={`mono ${wire['token']}`}>{value}</p>
      )}
      {!parts && <p className={classes['sub']}>{t('cookie.unsigned')}</p>}
      <ByteBar total={value.length} scale={scale} parts={[['fill-session', value.length, '']]} note={t('sameScale')} />
    </section>
  )
}

function useTryOf(carried: Carried, value: string) {
  const attacker = useLab((lab) => lab.clients.find(({ isAttacker }) => isAttacker)?.id ?? null)
  return (code: string): (() => Promise<string | null>) | null => {
    if (code !== 'stolen-cookie-works' && code !== 'needs-store') return null
    return () => {
      setCredentialView({ session: carried.exchange.id })
      return code === 'needs-store' ? withoutStore(carried, value) : sendCredential(carried, value, attacker, '/me')
    }
  }
}

function SessionBlocks({
  exchange,
  credential,
  scale,
}: {
  readonly exchange: Exchange
  readonly credential: SessionCredential
  readonly scale: number
}) {
  const carried = { exchange, credential }
  const parts = splitSessionValue(credential.value)
  const rowId = useSha256(parts?.id ?? null)
  const account = useLab((lab) => (rowId === null ? null : (lab.sessions.get(rowId)?.account ?? null)))
  const attributes = useAttributes({ ...credential, clientId: exchange.client, labTime: exchange.labTime })
  const { findings, passed } = cookieFindings({ name: credential.name, sessionId: parts?.id ?? null, traits: attributes })
  const tryOf = useTryOf(carried, credential.value)
  return (
    <>
      <SessionWire exchange={exchange} credential={credential} scale={scale} />
      <div className={classes['stack']}>
        <SessionSays attributes={attributes} account={account} labTime={exchange.labTime} />
        <SessionKeeps carried={carried} value={credential.value} rowId={rowId} />
        <WeakPoints value={credential.value} findings={findings} passed={passed} tryOf={tryOf} />
      </div>
    </>
  )
}

/** Everything about one session cookie. */
export function SessionColumn({ column, scale }: { readonly column: Column; readonly scale: number }) {
  const { t } = useTranslation('credential')
  const { summary, exchange, credential } = column
  const name = credential?.kind === 'session' ? credential.name : 'sid'
  return (
    <section className={`ses ${classes['column']}`} aria-label={t('column.session')}>
      <ColumnHead
        kind="session"
        icon={<IconCookie size={16} stroke={1.75} aria-hidden />}
        name={say('traffic:mechanismName.session')}
        whose={summary ? t('whose.session', { name: summary.clientName ?? t('stranger'), cookie: name }) : ''}
        column={column}
      />
      {exchange && credential?.kind === 'session' ? (
        <SessionBlocks exchange={exchange} credential={credential} scale={scale} />
      ) : (
        <EmptyColumn kind="session" column={column} />
      )}
    </section>
  )
}
