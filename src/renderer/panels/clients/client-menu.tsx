import { Menu } from '@mantine/core'
import {
  IconBan,
  IconBrowser,
  IconClockX,
  IconCopy,
  IconDots,
  IconHourglassEmpty,
  IconLogout2,
  IconPassword,
  IconShoppingCart,
  IconShoppingCartPlus,
  IconTrash,
  IconUserCheck,
  IconUserOff,
  IconUserUp,
  IconWorldX,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../contract/clients.ts'
import { api } from '../../api.ts'
import { desktop } from '../../desktop.ts'
import { labNow } from '../../state/lab-time.ts'
import { moveClock } from '../../state/move-clock.ts'
import { selectExchange } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './clients.module.css'
import { type HeldCredential, isHeld, whyNoRefresh } from './credential.ts'
import { PasswordDialog } from './password-dialog.tsx'
import { refreshInTwoTabs } from './two-tabs.ts'

interface ItemProps {
  readonly icon: ReactNode
  readonly label: string
  /** What it does, or why it cannot be done now. */
  readonly note?: string
  readonly isDisabled?: boolean
  readonly act: () => void
}

const Item = ({ icon, label, note, isDisabled = false, act }: ItemProps) => (
  <Menu.Item leftSection={icon} disabled={isDisabled} onClick={act}>
    {label}
    {note && <span className={classes['note']}>{note}</span>}
  </Menu.Item>
)

const LOOK = { size: 15, stroke: 1.75, 'aria-hidden': true } as const
const PAST_THE_LIMIT_MS = 1000

interface MenuProps {
  readonly client: Client
  readonly credential: HeldCredential | null
  readonly run: (name: string, action: () => Promise<unknown>) => void
}

function CredentialItems({ client, credential, run }: MenuProps) {
  const { t } = useTranslation('clients')
  const isSession = client.mechanism === 'session'
  const { sessionId } = client
  const canEnd = isSession && sessionId !== null && isHeld(credential) && !credential.isRowGone
  const limit = credential?.expiresAt ?? null
  const whyNot = isSession ? t('menu.noSession') : t('menu.noRow')
  return (
    <>
      {isSession ? (
        <Item
          icon={<IconHourglassEmpty {...LOOK} />}
          label={t('menu.expire')}
          note={canEnd ? t('menu.expireNote') : whyNot}
          isDisabled={!canEnd}
          act={() => run('expire', () => api.sessions.expire({ id: sessionId ?? '' }))}
        />
      ) : (
        <Item
          icon={<IconClockX {...LOOK} />}
          label={t('menu.passExp')}
          note={limit === null ? t('menu.noToken') : t('menu.passExpNote')}
          isDisabled={limit === null}
          act={() => run('expire', () => moveClock((limit ?? 0) - labNow() + PAST_THE_LIMIT_MS))}
        />
      )}
      <Item
        icon={<IconBan {...LOOK} />}
        label={t('menu.revoke')}
        note={canEnd ? t('menu.revokeNote') : whyNot}
        isDisabled={!canEnd}
        act={() => run('revoke', () => api.sessions.end({ id: sessionId ?? '' }))}
      />
    </>
  )
}

/** The race of two tabs that share a refresh token. */
function TwoTabsItem({ client, run }: MenuProps) {
  const { t } = useTranslation('clients')
  const seconds = useLab((lab) => lab.cluster.lifetimes.refreshGrace)
  const reason = whyNoRefresh(client)
  const race = seconds === 0 ? t('twoTabs.noGrace') : t('twoTabs.grace', { seconds })
  return (
    <Item
      icon={<IconCopy {...LOOK} />}
      label={t('twoTabs.label')}
      note={reason === null ? race : t(`noRefresh.${reason}`)}
      isDisabled={reason !== null}
      act={() => run('two-tabs', () => refreshInTwoTabs(client))}
    />
  )
}

/** Sends `POST /session/cart` as this client and selects what came of it. */
async function putIntoCart(id: string, items: readonly string[]): Promise<void> {
  const caused = await Promise.all(
    items.map((item) =>
      api.clients.request({
        id,
        method: 'POST',
        path: '/session/cart',
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({ item }),
      }),
    ),
  )
  const last = caused.flatMap(({ exchanges }) => exchanges).at(-1)
  if (last !== undefined) selectExchange(last)
}

/** Changes to the session's own data: one that goes well, and two at once of which one may be lost. */
function CartItems({ client, credential, run }: MenuProps) {
  const { t } = useTranslation('clients')
  const storeLatencyMs = useLab((lab) => lab.cluster.storeLatencyMs)
  const { id, mechanism } = client
  const canPut = mechanism === 'session' && isHeld(credential) && !credential.isRowGone
  const whyNot = t(mechanism === 'session' ? 'menu.noSession' : 'menu.noCart')
  const race = storeLatencyMs > 0 ? t('menu.cartTwoSlow', { ms: storeLatencyMs }) : t('menu.cartTwoFast')
  return (
    <>
      <Item
        icon={<IconShoppingCart {...LOOK} />}
        label={t('menu.cartOne')}
        note={canPut ? t('menu.cartOneNote') : whyNot}
        isDisabled={!canPut}
        act={() => run('cart-one', () => putIntoCart(id, ['bread']))}
      />
      <Item
        icon={<IconShoppingCartPlus {...LOOK} />}
        label={t('menu.cartTwo')}
        note={canPut ? race : whyNot}
        isDisabled={!canPut}
        act={() => run('cart-two', () => putIntoCart(id, ['apple', 'pear']))}
      />
    </>
  )
}

function AccountItems({ client, run, changePassword }: MenuProps & { readonly changePassword: () => void }) {
  const { t } = useTranslation('clients')
  const { t: revocation } = useTranslation('revocation')
  const account = useLab((lab) => lab.accounts.find(({ name }) => name === client.account))
  const way = revocation(`way.${useLab((lab) => lab.cluster.revocation)}.name`)
  if (!account) return null
  const { name } = account
  const role = account.role === 'admin' ? 'user' : 'admin'
  return (
    <>
      <Menu.Label>{t('menu.account', { name })}</Menu.Label>
      <Item
        icon={<IconLogout2 {...LOOK} />}
        label={t('menu.endAll')}
        note={t('menu.endAllNote', { way })}
        act={() => run('end-all', () => api.accounts.endSessions({ name }))}
      />
      <Item
        icon={<IconUserUp {...LOOK} />}
        label={t('menu.role', { role: t(`role.${role}`) })}
        note={t('menu.roleNote')}
        act={() => run('role', () => api.accounts.change({ name, role }))}
      />
      <Item
        icon={account.isDisabled ? <IconUserCheck {...LOOK} /> : <IconUserOff {...LOOK} />}
        label={t(account.isDisabled ? 'menu.enable' : 'menu.disable')}
        {...(account.isDisabled ? {} : { note: t('menu.disableNote', { way }) })}
        act={() => run('disable', () => api.accounts.change({ name, disabled: !account.isDisabled }))}
      />
      <Item icon={<IconPassword {...LOOK} />} label={t('menu.password')} note={t('menu.passwordNote', { way })} act={changePassword} />
    </>
  )
}

/** What can be done to a client, its credential and its account besides sending requests. */
export function ClientMenu(props: MenuProps) {
  const { t } = useTranslation('clients')
  const { client, run } = props
  const [isChangingPassword, setChangingPassword] = useState(false)
  const portalUrl = useLab((lab) => lab.balancer.portalUrl)
  const openBrowser = async (): Promise<void> => {
    if (desktop.openClientWindow) await desktop.openClientWindow(client.id)
    else window.open(portalUrl, '_blank', 'noopener')
  }
  const openAttacker = async (): Promise<void> => {
    const { url } = await api.attackerSite.set({ on: true })
    if (desktop.openClientWindow) await desktop.openClientWindow(client.id, 'attacker')
    else window.open(url ?? '', '_blank', 'noopener')
  }
  return (
    <>
      <Menu position="bottom-end" width={290} keepMounted={false}>
        <Menu.Target>
          <button type="button" className="ib" aria-label={t('menu.open', { name: client.name })} title={t('menu.more')}>
            <IconDots size={15} stroke={1.75} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <CredentialItems {...props} />
          <TwoTabsItem {...props} />
          <Menu.Divider />
          <CartItems {...props} />
          <Menu.Divider />
          <AccountItems {...props} changePassword={() => setChangingPassword(true)} />
          <Menu.Divider />
          <Item
            icon={<IconBrowser {...LOOK} />}
            label={t('menu.browser')}
            note={t(desktop.openClientWindow ? 'menu.browserNote' : 'menu.browserTabNote')}
            act={() => run('browser', openBrowser)}
          />
          <Item
            icon={<IconWorldX {...LOOK} />}
            label={t('menu.attacker')}
            note={t(desktop.openClientWindow ? 'menu.attackerNote' : 'menu.attackerTabNote')}
            act={() => run('attacker', openAttacker)}
          />
          <Item
            icon={<IconTrash {...LOOK} />}
            label={t('menu.remove')}
            act={() => run('remove', () => api.clients.remove({ id: client.id }))}
          />
        </Menu.Dropdown>
      </Menu>
      <PasswordDialog account={client.account} isOpen={isChangingPassword} close={() => setChangingPassword(false)} />
    </>
  )
}
