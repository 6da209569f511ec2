import { Menu } from '@mantine/core'
import { IconBolt, IconCut, IconRotate } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TokenKey } from '../../../../../contract/keys.ts'
import type { JsonObject } from '../../../../../protocol/jwt.ts'
import type { ReadToken } from '../../../../../protocol/read-token.ts'
import { api } from '../../../../api.ts'
import { useActions } from '../../../../state/act.ts'
import { setCredentialView } from '../../../../state/ui-state.ts'
import { useLab } from '../../../../state/use-lab.ts'
import { Choice } from '../../../../ui/choice.tsx'
import styles from './break-it.module.css'
import { type Carried, sendCredential } from './send-credential.ts'
import classes from './side.module.css'
import { claimsIn, type Draft, draftOf, flipPart, SIGNING_WAYS, type SigningWay, withOldSignature, withoutSignature } from './tamper.ts'
import { keepTry, useTry } from './tries.ts'
import { TryResult } from './try-result.tsx'

const JsonEditor = lazy(() => import('./json-editor.tsx').then((module) => ({ default: module.JsonEditor })))

/** Paths that ask for more and more; `own` is typed. */
const PATHS = ['/me', '/orders', '/admin/users', 'own'] as const
type PathChoice = (typeof PATHS)[number]

const FLIPPED = ['header', 'payload', 'signature'] as const

interface BreakItProps {
  readonly carried: Carried
  readonly token: string
  readonly read: ReadToken
  /** The key that the thief has; null while the keyring is being read. */
  readonly leaked: TokenKey | null
}

interface Order {
  readonly way: SigningWay
  readonly draft: Draft
  readonly before: Draft
}

/** With the leaked key a header that was not touched names that key, as its thief would. */
const forgedHeader = (text: string, before: string, { kid, alg }: TokenKey): JsonObject | null => {
  const header = claimsIn(text)
  return header && text === before ? { ...header, kid, alg } : header
}

async function tampered({ way, draft, before }: Order, { read, leaked }: Pick<BreakItProps, 'read' | 'leaked'>): Promise<string> {
  if (way === 'keep') return withOldSignature(draft, before, read.parts)
  if (way === 'none') return withoutSignature(draft, before, read.parts)
  if (!leaked) throw new Error('The keyring has not been read yet.')
  const header = forgedHeader(draft.header, before.header, leaked) ?? {}
  return (await api.tokenInspection.forge({ header, payload: claimsIn(draft.payload) ?? {}, kid: leaked.kid })).token
}

interface SenderProps {
  readonly value: string
  readonly choose: (id: string) => void
}

function Sender({ value, choose }: SenderProps) {
  const { t } = useTranslation('credential')
  const clients = useLab((lab) => lab.clients)
  return (
    <label className={styles['field']}>
      {t('break.sendAs')}
      <select className={styles['select']} value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {clients.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The editor with its choices. Keyed by token: another token begins anew. */
function Tampering({ carried, token, read, leaked, before }: BreakItProps & { readonly before: Draft }) {
  const { t } = useTranslation('credential')
  const attacker = useLab((lab) => lab.clients.find(({ isAttacker }) => isAttacker)?.id)
  const [draft, setDraft] = useState(before)
  const [edition, setEdition] = useState(0)
  const [part, setPart] = useState<'payload' | 'header'>('payload')
  const [way, setWay] = useState<SigningWay>('keep')
  const [client, setClient] = useState(attacker ?? carried.exchange.client ?? '')
  const [path, setPath] = useState<PathChoice>('/admin/users')
  const [own, setOwn] = useState('/me')
  const { busy, run } = useActions()
  const last = useTry(token, 'tamper')
  const isBroken = claimsIn(draft[part]) === null
  // Broken JSON can be sent under the old signature or none; there is nothing that a key could sign.
  const cannotSign = way === 'leaked' && (claimsIn(draft.header) === null || claimsIn(draft.payload) === null)
  const send = async (make: () => Promise<string>): Promise<void> => {
    // What comes in newer must not take the place of what is being worked on.
    setCredentialView({ jwt: carried.exchange.id })
    const id = await run('tamper', async () =>
      sendCredential(carried, await make(), client === '' ? null : client, path === 'own' ? own : path),
    )
    if (id !== undefined) keepTry(token, 'tamper', id)
  }
  const reset = (): void => {
    setDraft(before)
    setEdition(edition + 1)
  }
  return (
    <>
      <div className={classes['title']}>
        <h4>{t('break.title')}</h4>
        <Choice
          label={t('break.part')}
          value={part}
          options={[
            ['payload', t('part.payload')],
            ['header', t('part.header')],
          ]}
          choose={setPart}
        />
        <span className="sp" />
        <button type="button" className="btn sm gh" onClick={reset}>
          <IconRotate size={13} stroke={1.75} aria-hidden />
          {t('break.reset')}
        </button>
      </div>
      <Suspense fallback={<pre className={styles['editor']}>{draft[part]}</pre>}>
        <JsonEditor
          key={`${part} ${edition}`}
          label={t(`break.edit.${part}`)}
          text={draft[part]}
          original={before[part]}
          onChange={(text) => setDraft((old) => ({ ...old, [part]: text }))}
        />
      </Suspense>
      <div className={styles['line']}>
        <span id="signing-way">{t('break.signature')}</span>
        <Choice
          label={t('break.signature')}
          value={way}
          options={SIGNING_WAYS.map((name) => [name, t(`break.way.${name}`, { kid: leaked?.kid ?? '' })] as const)}
          choose={setWay}
        />
      </div>
      <div className={styles['line']}>
        <Sender value={client} choose={setClient} />
        <span>{t('break.to')}</span>
        <Choice
          label={t('break.path')}
          value={path}
          options={PATHS.map((name) => [name, name === 'own' ? t('break.own') : name === '/admin/users' ? '/admin' : name] as const)}
          choose={setPath}
        />
      </div>
      {path === 'own' && (
        <input
          className={`inp mono ${styles['own']}`}
          aria-label={t('break.ownPath')}
          value={own}
          onChange={({ currentTarget }) => setOwn(currentTarget.value)}
        />
      )}
      <div className={styles['fire']}>
        <button
          type="button"
          className={`btn ${styles['bolt']}`}
          disabled={busy !== null || cannotSign}
          onClick={() => void send(() => tampered({ way, draft, before }, { read, leaked }))}
        >
          <IconBolt size={14} stroke={1.75} aria-hidden />
          {t('break.send')}
        </button>
        <Menu position="top-start">
          <Menu.Target>
            <button type="button" className="btn sm" disabled={busy !== null} aria-label={t('flip')} title={t('flip')}>
              <IconCut size={13} stroke={1.75} aria-hidden />
              {t('break.flip')}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {FLIPPED.map((name, index) => (
              <Menu.Item key={name} onClick={() => void send(async () => flipPart(token, index))}>
                {t('flipOf', { part: t(`part.${name}`) })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <span className={styles['last']} role="status">
          {last === undefined ? (
            <span className="dim">{cannotSign ? t('break.cannotSign') : isBroken ? t('break.broken') : null}</span>
          ) : (
            <TryResult id={last} />
          )}
        </span>
      </div>
    </>
  )
}

/** Where the token is changed and sent again: every letter of header and payload, the signature kept, made anew or dropped. */
export function BreakIt(props: BreakItProps) {
  const { t } = useTranslation('credential')
  const before = draftOf(props.read.header, props.read.payload)
  return (
    <section className={classes['block']} aria-label={t('break.title')}>
      {before ? (
        <Tampering key={props.token} {...props} before={before} />
      ) : (
        <>
          <div className={classes['title']}>
            <h4>{t('break.title')}</h4>
          </div>
          <p className={classes['sub']}>{t('break.unreadable')}</p>
        </>
      )}
    </section>
  )
}
