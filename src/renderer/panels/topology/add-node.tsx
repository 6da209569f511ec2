import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_NODES } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './settings.module.css'
import { SettingsPopover } from './settings-popover.tsx'

/** Adds a node, up to the most that a lab runs. */
export function AddNode() {
  const { t } = useTranslation('topology')
  const count = useLab((lab) => lab.nodes.length)
  const { busy, run } = useActions()
  const isFull = count >= MAX_NODES
  const canAct = !isFull && busy === null
  return (
    <button
      type="button"
      className="btn sm"
      aria-disabled={!canAct}
      title={isFull ? t('mostNodes', { most: MAX_NODES }) : t('addNodeNote')}
      onClick={() => canAct && void run('add', () => api.nodes.add())}
    >
      <IconPlus size={14} stroke={1.75} aria-hidden />
      {t('addNode')}
    </button>
  )
}

const isHttp = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'http:'

/** Takes in a target that runs as a process of its own, here or on another machine. */
export function AddNodeByUrl() {
  const { t } = useTranslation('topology')
  const isFull = useLab((lab) => lab.nodes.length >= MAX_NODES)
  const { busy, run } = useActions()
  const [url, setUrl] = useState('http://127.0.0.1:4801')
  const [secret, setSecret] = useState('')
  const isUrl = isHttp(url)
  const whyNot = isFull ? t('mostNodes', { most: MAX_NODES }) : isUrl ? undefined : t('byUrlForm')
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (whyNot !== undefined || busy !== null) return
    const added = await run('add', () => api.nodes.add({ url, ...(secret === '' ? {} : { secret }) }))
    if (added) setSecret('')
  }
  return (
    <SettingsPopover label={t('byUrl')} icon={<IconPlugConnected size={15} stroke={1.75} aria-hidden />}>
      <p className={classes['reason']}>{t('byUrlNote')}</p>
      <form className={classes['form']} onSubmit={(event) => void add(event)}>
        <label className="field">
          {t('byUrlAddress')}
          <input
            className="inp mono"
            value={url}
            maxLength={300}
            aria-invalid={!isUrl}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <label className="field">
          {t('byUrlSecret')}
          <input
            className="inp mono"
            type="password"
            autoComplete="off"
            value={secret}
            maxLength={200}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        </label>
        <button type="submit" className="btn sm" aria-disabled={whyNot !== undefined || busy !== null} title={whyNot}>
          {t('addNode')}
        </button>
      </form>
    </SettingsPopover>
  )
}
