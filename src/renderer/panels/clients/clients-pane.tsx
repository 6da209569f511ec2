import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import { AddClient } from './add-client.tsx'
import { ClientCard } from './client-card.tsx'
import classes from './clients.module.css'

function NoClients() {
  const { t } = useTranslation('clients')
  const { busy, run } = useActions()
  const add = async (): Promise<void> => {
    await api.clients.add({ name: 'Alice·Laptop', account: 'alice', device: 'Laptop', mechanism: 'session' })
    await api.clients.add({ name: 'Bob·Laptop', account: 'bob', device: 'Laptop', mechanism: 'jwt-bearer' })
  }
  return (
    <div className={classes['empty']}>
      <p>{t('empty')}</p>
      <button type="button" className="btn" disabled={busy !== null} onClick={() => void run('add', add)}>
        {t('addBoth')}
      </button>
    </div>
  )
}

/** The virtual user agents. */
export function ClientsPane() {
  const { t } = useTranslation('clients')
  const clients = useLab((lab) => lab.clients)
  const [isAdding, setAdding] = useState(false)
  return (
    <section className="pane" aria-label={t('title')}>
      <div className="ph">
        <h2>{t('title')}</h2>
        <span className="n">{clients.length}</span>
        <span className="sp" />
        <button type="button" className="btn sm gh" onClick={() => setAdding(true)}>
          <IconPlus size={14} stroke={1.75} aria-hidden />
          {t('addClient')}
        </button>
      </div>
      <div className={`${classes['list']} scroll`}>
        {clients.map((client) => (
          <ClientCard key={client.id} client={client} />
        ))}
        {clients.length === 0 && <NoClients />}
      </div>
      <AddClient isOpen={isAdding} close={() => setAdding(false)} />
    </section>
  )
}
