import { Modal } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MECHANISMS, type Mechanism } from '../../../contract/mechanism.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import { Choice } from '../../ui/choice.tsx'
import classes from './clients.module.css'

const LONGEST = 40

/** Asks for the few things a new client needs. */
export function AddClient({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const { t } = useTranslation('clients')
  const accounts = useLab((lab) => lab.accounts)
  const { busy, run } = useActions()
  const [account, setAccount] = useState('alice')
  const [device, setDevice] = useState('Tablet')
  const [mechanism, setMechanism] = useState<Mechanism>('session')
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const where = device.trim()
    const who = account.charAt(0).toUpperCase() + account.slice(1)
    const name = (where === '' ? who : `${who}·${where}`).slice(0, LONGEST)
    const added = await run('add', () =>
      api.clients.add({ name, account, mechanism, ...(where === '' ? {} : { device: where.slice(0, LONGEST) }) }),
    )
    if (added) close()
  }
  return (
    <Modal opened={isOpen} onClose={close} title={t('add.title')} closeButtonProps={{ 'aria-label': t('add.cancel') }}>
      <form className={classes['form']} onSubmit={(event) => void add(event)}>
        <label className="field">
          {t('add.account')}
          <select className="inp" value={account} onChange={(event) => setAccount(event.currentTarget.value)}>
            {accounts.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {t('add.device')}
          <input className="inp" value={device} maxLength={24} onChange={(event) => setDevice(event.currentTarget.value)} />
        </label>
        <div className="field">
          {t('mechanism')}
          <Choice
            label={t('mechanism')}
            value={mechanism}
            options={MECHANISMS.map((each) => [each, t(`mechanismName.${each}`)] as const)}
            choose={setMechanism}
          />
        </div>
        <div className={classes['buttons']}>
          <button type="button" className="btn" onClick={close}>
            {t('add.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={busy !== null}>
            {t('add.confirm')}
          </button>
        </div>
      </form>
    </Modal>
  )
}
