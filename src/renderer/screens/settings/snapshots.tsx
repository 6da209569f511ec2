import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Checkpoint } from '../../../contract/snapshot.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { queries } from '../../state/queries.ts'
import { defaultName, openSnapshot, restoreCheckpoint, saveCheckpoint, saveSnapshot } from '../../state/snapshots.ts'
import classes from './settings.module.css'
import { SettingsRow } from './settings-row.tsx'

const MEBI = 1024 * 1024

/** The whole lab as one file, and put back from one. */
export function SnapshotSettings() {
  const { t } = useTranslation('presenter')
  const { busy, run } = useActions()
  const button = (name: string, label: string, act: () => Promise<void>) => (
    <button type="button" className="btn" disabled={busy !== null} onClick={() => void run(name, act)}>
      {label}
    </button>
  )
  return (
    <section className={classes['card']} aria-label={t('snapshots')}>
      <h2>{t('snapshots')}</h2>
      <SettingsRow label={t('save')} note={`${t('saveNote')} ${t('saveWithoutNote')}`}>
        <span className={classes['stack']}>
          {button('with', t('saveWith'), () => saveSnapshot('with'))}
          {button('without', t('saveWithout'), () => saveSnapshot('without'))}
        </span>
      </SettingsRow>
      <SettingsRow label={t('open')} note={t('openNote')}>
        {button('open', t('openButton'), openSnapshot)}
      </SettingsRow>
    </section>
  )
}

function CheckpointRow({ checkpoint }: { readonly checkpoint: Checkpoint }) {
  const { t } = useTranslation('presenter')
  const { busy, run } = useActions()
  const { id, kind, madeAt, exchanges, octets } = checkpoint
  const name = kind === 'undo' ? t('before') : (checkpoint.name ?? '')
  const remove = async (): Promise<void> => {
    await api.checkpoints.remove({ id })
    await queries.invalidateQueries({ queryKey: ['checkpoints'] })
  }
  const facts = t('checkpointFacts', { time: new Date(madeAt).toLocaleString(), count: exchanges, size: (octets / MEBI).toFixed(1) })
  return (
    <SettingsRow label={name} note={facts}>
      <span className={classes['inline']}>
        <button type="button" className="btn sm" disabled={busy !== null} onClick={() => void run('back', () => restoreCheckpoint(id))}>
          {t('goBack')}
        </button>
        <button
          type="button"
          className="ib"
          disabled={busy !== null}
          aria-label={t('remove', { name })}
          title={t('remove', { name })}
          onClick={() => void run('remove', remove)}
        >
          <IconTrash size={15} stroke={1.75} aria-hidden />
        </button>
      </span>
    </SettingsRow>
  )
}

/** Snapshots in the data folder, by name. */
export function CheckpointSettings() {
  const { t } = useTranslation('presenter')
  const [name, setName] = useState('')
  const { busy, run } = useActions()
  const { data: checkpoints = [] } = useQuery({ queryKey: ['checkpoints'], queryFn: () => api.checkpoints.list(), staleTime: 0 })
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    await run('save', () => saveCheckpoint(name.trim() === '' ? defaultName() : name.trim()))
    setName('')
  }
  return (
    <section className={classes['card']} aria-label={t('checkpoints')}>
      <h2>{t('checkpoints')}</h2>
      <SettingsRow label={t('saveCheckpoint')} note={t('checkpointsNote')}>
        <form className={`${classes['inline']} ${classes['named']}`} onSubmit={(event) => void save(event)}>
          <input
            className="inp"
            aria-label={t('checkpointName')}
            placeholder={t('checkpointName')}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" className="btn sm" disabled={busy !== null}>
            {t('save')}
          </button>
        </form>
      </SettingsRow>
      {checkpoints.length === 0 && <p className="dim">{t('noCheckpoints')}</p>}
      {checkpoints.map((checkpoint) => (
        <CheckpointRow key={checkpoint.id} checkpoint={checkpoint} />
      ))}
    </section>
  )
}
