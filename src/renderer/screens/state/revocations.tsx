import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_REVOCATIONS, type Revocation } from '../../../contract/revocations.ts'
import { delayWords, whatWords } from '../../panels/revocation/revocation-words.ts'
import { Stopwatch } from '../../panels/revocation/stopwatch.tsx'
import { WaysTable } from '../../panels/revocation/ways-table.tsx'
import { useLab } from '../../state/use-lab.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { LabTime } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import classes from './state.module.css'

type T = TFunction<'state'>

const columnsOf = (t: T): GridColumn<Revocation>[] => [
  {
    id: 'at',
    label: t('column.at'),
    track: '70px',
    value: ({ at }) => at,
    cell: ({ at }) => (
      <span className="mono dim">
        <LabTime at={at} />
      </span>
    ),
  },
  { id: 'what', label: t('column.what'), track: 'minmax(160px, 2fr)', value: whatWords, cell: whatWords },
  { id: 'by', label: t('column.by'), track: '74px', value: ({ by }) => by, cell: ({ by }) => t(`revocations.by.${by}`) },
  {
    id: 'accepted',
    label: t('column.acceptedAfter'),
    track: '96px',
    isNumber: true,
    value: ({ accepted }) => accepted,
    cell: ({ accepted }) => <span className="mono">{accepted}</span>,
  },
  {
    id: 'for',
    label: t('column.acceptedFor'),
    track: '84px',
    isNumber: true,
    value: ({ lastAcceptedMs }) => lastAcceptedMs ?? undefined,
    cell: ({ lastAcceptedMs }) => <span className="mono">{lastAcceptedMs === null ? '–' : delayWords(lastAcceptedMs)}</span>,
  },
  {
    id: 'refused',
    label: t('column.refusedAfter'),
    track: '96px',
    isNumber: true,
    value: ({ firstRefusedMs }) => firstRefusedMs ?? undefined,
    cell: ({ firstRefusedMs }) => <span className="mono">{firstRefusedMs === null ? '–' : delayWords(firstRefusedMs)}</span>,
  },
]

const idOf = ({ id }: Revocation): string => id
const textOf = (revocation: Revocation): string =>
  `${whatWords(revocation)} ${revocation.jti ?? ''} ${revocation.sid ?? ''} ${revocation.sessionId ?? ''}`

/** What was revoked, with the stopwatch of each, and the ways of revocation compared by them. */
export function Revocations() {
  const { t } = useTranslation('state')
  const rows = useLab((lab) => lab.revocations)
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <ListPane
      label={t('tab.revocations')}
      rows={rows}
      error={null}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'at', desc: true }}
      about={t('revocations.about')}
      above={
        <div className={`${classes['above']} scroll`}>
          <WaysTable />
        </div>
      }
      empty={t('revocations.empty')}
      cutAt={MAX_REVOCATIONS}
      details={(revocation) => <Stopwatch revocation={revocation} />}
    />
  )
}
