import { Checkbox, Modal } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { saveText } from '../../desktop.ts'
import { notify, useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './traffic.module.css'

const fileName = (): string => `authlab-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.har`

/** Saves the traffic as HAR 1.2. Secrets stay hidden unless the box is ticked. */
export function ExportDialog({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const { t } = useTranslation('traffic')
  const count = useLab((lab) => lab.recording.count)
  const [hasSecrets, setSecrets] = useState(false)
  const { busy, run } = useActions()
  const shut = (): void => {
    setSecrets(false)
    close()
  }
  const save = async (): Promise<void> => {
    const isSaved = await run('export', async () => {
      const har = await api.exchanges.har({ secrets: hasSecrets ? 'shown' : 'hidden' })
      return saveText(fileName(), JSON.stringify(har, null, 2))
    })
    if (isSaved === undefined) return
    if (isSaved) notify(t('exported'))
    shut()
  }
  return (
    <Modal opened={isOpen} onClose={shut} title={t('exportTitle')} closeButtonProps={{ 'aria-label': t('cancel') }}>
      <div className={classes['dialog']}>
        <p>{t('exportScope', { count })}</p>
        <Checkbox label={t('exportSecrets')} checked={hasSecrets} onChange={(event) => setSecrets(event.currentTarget.checked)} />
        <p className={classes['warning']} role="status">
          {hasSecrets && <IconAlertTriangle size={16} stroke={1.75} aria-hidden />}
          {hasSecrets ? t('exportSecretsWarning') : t('exportHidden')}
        </p>
        <div className={classes['buttons']}>
          <button type="button" className="btn" onClick={shut}>
            {t('cancel')}
          </button>
          <button type="button" className="btn pri" disabled={busy !== null} onClick={() => void save()}>
            {t('exportSave')}
          </button>
        </div>
      </div>
    </Modal>
  )
}
