import { IconDeviceLaptop, IconDeviceMobile, IconLoader2, IconRefresh, IconSpy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../contract/clients.ts'
import { MECHANISMS } from '../../../contract/mechanism.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { selectExchange, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { Choice } from '../../ui/choice.tsx'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { ClientJar } from './client-jar.tsx'
import { ClientMenu } from './client-menu.tsx'
import classes from './clients.module.css'
import { credentialOf, isHeld, whyNoRefresh } from './credential.ts'
import { CredentialChip } from './credential-chip.tsx'
import { whoAndWhere } from './names.ts'

function CardHead({ client }: { readonly client: Client }) {
  const { t } = useTranslation('clients')
  const account = useLab((lab) => lab.accounts.find(({ name }) => name === client.account))
  const { who, where } = whoAndWhere(client)
  const Device = /phone|mobile|tablet|手机/i.test(`${client.device} ${where}`) ? IconDeviceMobile : IconDeviceLaptop
  return (
    <>
      <span className={client.isAttacker ? 'av mal' : 'av'} aria-hidden>
        {client.isAttacker ? <IconSpy size={14} stroke={1.75} /> : (who[0] ?? '').toUpperCase()}
      </span>
      <h3 className={`${classes['name']} trunc`}>{who}</h3>
      {where !== '' && (
        <span className={`${classes['device']} trunc`}>
          <Device size={14} stroke={1.75} aria-hidden />
          <span className="trunc">{where}</span>
        </span>
      )}
      <span className="sp" />
      <span className={`tagn ${classes['role']}`} title={t('accountHint', { name: client.account })}>
        {account?.isDisabled ? t('disabled') : client.isAttacker ? t('attacker') : account ? t(`role.${account.role}`) : t('noAccount')}
      </span>
    </>
  )
}

const PATHS = ['/me', '/admin/users', '/orders'] as const

/** One client: who it is, what it holds, and the requests it can send. Everything it does is a real request. */
export function ClientCard({ client }: { readonly client: Client }) {
  const { t } = useTranslation('clients')
  const sessions = useLab((lab) => lab.sessions)
  const hasAllSessions = useLab((lab) => lab.hasAllSessions)
  const goneSessions = useLab((lab) => lab.goneSessions)
  const { busy, run } = useActions()
  const credential = credentialOf(client, { sessions, hasAllSessions, goneSessions })
  const { id } = client
  const send = async (name: string, action: () => Promise<{ exchanges: string[] }>): Promise<void> => {
    const caused = await run(name, action)
    const last = caused?.exchanges.at(-1)
    if (last !== undefined) selectExchange(last)
  }
  const request = (path: string, kind: 'current' | 'discarded' = 'current'): void =>
    void send(path, () => api.clients.request({ id, method: 'GET', path, credential: kind }))
  const action = (name: string, label: string, words: ReactNode, act: () => void, whyNot?: string) => (
    <button
      key={name}
      type="button"
      className={busy === name ? classes['busy'] : undefined}
      aria-label={label}
      title={whyNot ?? label}
      aria-disabled={whyNot !== undefined || busy !== null}
      onClick={whyNot === undefined ? act : undefined}
    >
      {busy === name && (
        <span className={classes['spinner']}>
          <IconLoader2 size={14} stroke={2} className="spin" aria-hidden />
        </span>
      )}
      <span>{words}</span>
    </button>
  )
  const isPresenting = useUi((ui) => ui.isPresenting)
  const logoutReason = isHeld(credential) ? undefined : t('nothingToLogOut')
  const refreshReason = whyNoRefresh(client)
  const whyNot = refreshReason === null ? undefined : t(`noRefresh.${refreshReason}`)
  return (
    <article className={`${classes['card']} ${accentOf(client.mechanism)}`} aria-label={client.name}>
      <header className={classes['head']}>
        <CardHead client={client} />
        <ClientMenu client={client} credential={credential} run={(name, act) => void run(name, act)} />
      </header>
      {!isPresenting && (
        <Choice
          label={t('mechanism')}
          value={client.mechanism}
          options={MECHANISMS.map((mechanism) => [mechanism, t(`mechanismName.${mechanism}`)] as const)}
          choose={(mechanism) => {
            if (mechanism !== client.mechanism) void run('mechanism', () => api.clients.change({ id, mechanism }))
          }}
        />
      )}
      <CredentialChip client={client} credential={credential} isBusy={busy !== null} tryDiscarded={() => request('/me', 'discarded')} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row of joined buttons. */}
      <div className={classes['acts']} role="group" aria-label={t('actions')}>
        {(!isPresenting || !isHeld(credential)) &&
          action('login', t('logIn'), t('logIn'), () => void send('login', () => api.clients.login({ id })))}
        {PATHS.slice(0, isPresenting ? 2 : undefined).map((path) =>
          action(path, t('call', { path }), path === '/admin/users' ? '/admin' : path, () => request(path)),
        )}
        {!isPresenting &&
          action(
            'refresh',
            t('refreshHint'),
            <IconRefresh size={14} stroke={1.75} aria-hidden />,
            () => void send('refresh', () => api.clients.refresh({ id })),
            whyNot,
          )}
        {!isPresenting &&
          action('logout', t('logOut'), t('logOut'), () => void send('logout', () => api.clients.logout({ id })), logoutReason)}
      </div>
      {!isPresenting && <ClientJar client={client} />}
    </article>
  )
}
