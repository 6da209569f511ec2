import { modals } from '@mantine/modals'
import { IconDownload, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { notifyFailure } from '../../state/act.ts'
import { useCommand } from '../../state/commands.ts'
import { setFilter, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { Choice } from '../../ui/choice.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { ExportDialog } from './export-dialog.tsx'
import classes from './traffic.module.css'

/** What is typed shows at once; the filter follows in the same frame for short lists and never blocks typing. */
function TextFilter() {
  const { t } = useTranslation('traffic')
  const text = useUi((ui) => ui.filter.text)
  const input = useRef<HTMLInputElement>(null)
  useCommand('focus-filter', () => input.current?.select())
  return <SearchField label={t('filter')} hint={t('filterHint')} text={text} change={(typed) => setFilter({ text: typed })} input={input} />
}

/** The head of the traffic pane: filters, export, clear. */
export function FilterBar() {
  const { t } = useTranslation('traffic')
  const filter = useUi((ui) => ui.filter)
  const nodes = useLab((lab) => lab.nodes)
  const [isExporting, setExporting] = useState(false)
  useCommand('export-har', () => setExporting(true))
  const askToClear = (): void => {
    modals.openConfirmModal({
      title: t('clearTitle'),
      children: t('clearText'),
      labels: { confirm: t('clearConfirm'), cancel: t('cancel') },
      onConfirm: () => void api.exchanges.clear().catch(notifyFailure),
    })
  }
  useCommand('clear-traffic', askToClear)
  const isNodeGone = filter.node !== null && !nodes.some(({ id }) => id === filter.node)
  useEffect(() => {
    if (isNodeGone) setFilter({ node: null })
  }, [isNodeGone])
  return (
    <div className={classes['bar']} role="toolbar" aria-label={t('title')}>
      <h2>{t('title')}</h2>
      <TextFilter />
      <Choice
        label={t('mechanism')}
        value={filter.mechanism}
        options={[
          ['all', t('all')],
          ['session', t('session')],
          ['jwt', t('jwt')],
        ]}
        choose={(mechanism) => setFilter({ mechanism })}
      />
      <Choice
        label={t('verdict')}
        value={filter.verdict}
        options={[
          ['all', t('all')],
          ['allowed', t('allowed')],
          ['denied', t('denied')],
        ]}
        choose={(verdict) => setFilter({ verdict })}
      />
      <select
        className={classes['select']}
        aria-label={t('node')}
        value={filter.node ?? ''}
        onChange={(event) => setFilter({ node: event.currentTarget.value || null })}
      >
        <option value="">{t('anyNode')}</option>
        {nodes.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
      <span className={classes['icons']}>
        <button type="button" className="ib" aria-label={t('export')} title={t('export')} onClick={() => setExporting(true)}>
          <IconDownload size={15} stroke={1.75} aria-hidden />
        </button>
        <button type="button" className="ib" aria-label={t('clear')} title={t('clear')} onClick={askToClear}>
          <IconTrash size={15} stroke={1.75} aria-hidden />
        </button>
      </span>
      <ExportDialog isOpen={isExporting} close={() => setExporting(false)} />
    </div>
  )
}
