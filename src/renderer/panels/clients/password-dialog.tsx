import { Modal } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../../contract/accounts.ts'
import { api } from '../../api.ts'
import { notify, useActions } from '../../state/act.ts'
import classes from './clients.module.css'

interface PasswordDialogProps {
  readonly account: string
  readonly isOpen: boolean
  readonly close: () => void
}

/** Sets a new password for an account, as its operator: what is logged in with the old one ends. */
export function PasswordDialog({ account, isOpen, close }: PasswordDialogProps) {
  const { t } = useTranslation('clients')
  const { busy, run } = useActions()
  const [password, setPassword] = useState('')
  const isRight = password.length >= MIN_PASSWORD_LENGTH
  const shut = (): void => {
    setPassword('')
    close()
  }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isRight) return
    if (!(await run('password', () => api.accounts.change({ name: account, password })))) return
    notify(t('password.done', { account }))
    shut()
  }
  return (
    <Modal opened={isOpen} onClose={shut} title={t('password.title', { account })} closeButtonProps={{ 'aria-label': t('add.cancel') }}>
      <form className={classes['form']} onSubmit={(event) => void save(event)}>
        <p>{t('password.about')}</p>
        <label className="field">
          {t('password.field')}
          <input
            className="inp mono"
            value={password}
            maxLength={MAX_PASSWORD_LENGTH}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            aria-invalid={password !== '' && !isRight}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <p role="status">{password !== '' && !isRight && t('password.short', { count: MIN_PASSWORD_LENGTH })}</p>
        <div className={classes['buttons']}>
          <button type="button" className="btn" onClick={shut}>
            {t('add.cancel')}
          </button>
          <button type="submit" className="btn pri" disabled={!isRight || busy !== null}>
            {t('password.save')}
          </button>
        </div>
      </form>
    </Modal>
  )
}
