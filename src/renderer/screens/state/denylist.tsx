import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DenylistEntry } from '../../../contract/denylist.ts'
import { MAX_DENYLIST, useDenylist } from '../../state/lists.ts'
import { useLab } from '../../state/use-lab.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { storeName } from '../frame/lab-words.ts'
import { Details, LabTime, Uses } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { TimeLeft } from './standing.tsx'
import { shortId } from './words.ts'

type T = TFunction<'state'>

/** A claim's value as it is; a moment as a time. */
const Value = ({ entry: { kind, value } }: { readonly entry: DenylistEntry }) =>
  kind === 'not-before' && typeof value === 'number' ? <LabTime at={value} /> : <span className="mono">{shortId(String(value))}</span>

const whereWords = ({ store, nodes }: DenylistEntry, t: T): string =>
  nodes === null ? storeName(store) : t('denylist.inNodes', { count: nodes })

const columnsOf = (t: T): GridColumn<DenylistEntry>[] => [
  {
    id: 'kind',
    label: t('column.refused'),
    track: 'minmax(150px, 1.6fr)',
    value: ({ kind }) => t(`denylist.kind.${kind}`),
    cell: ({ kind }) => t(`denylist.kind.${kind}`),
  },
  { id: 'value', label: t('column.value'), track: '100px', value: ({ value }) => String(value), cell: (entry) => <Value entry={entry} /> },
  {
    id: 'account',
    label: t('column.account'),
    track: 'minmax(70px, 1fr)',
    value: ({ account }) => account,
    cell: ({ account }) => account,
  },
  {
    id: 'added',
    label: t('column.added'),
    track: '70px',
    value: ({ addedAt }) => addedAt,
    cell: ({ addedAt }) => (
      <span className="mono dim">
        <LabTime at={addedAt} />
      </span>
    ),
  },
  {
    id: 'left',
    label: t('column.keptFor'),
    track: '84px',
    isNumber: true,
    value: ({ expiresAt }) => expiresAt ?? undefined,
    cell: ({ expiresAt }) => (expiresAt === null ? t('denylist.forGood') : <TimeLeft endsAt={expiresAt} />),
  },
  {
    id: 'store',
    label: t('column.keptIn'),
    track: 'minmax(96px, 1fr)',
    value: (entry) => whereWords(entry, t),
    cell: (entry) => whereWords(entry, t),
  },
  {
    id: 'asked',
    label: t('column.asked'),
    track: 'minmax(96px, 1fr)',
    value: ({ isAsked }) => Number(isAsked),
    cell: ({ isAsked }) => t(isAsked ? 'denylist.asked' : 'denylist.notAsked'),
  },
]

const idOf = ({ kind, value, account }: DenylistEntry): string => `${kind}-${account}-${value}`
const textOf = ({ kind, value, account, store }: DenylistEntry): string => `${kind} ${value} ${account} ${store}`

function EntryDetails({ entry }: { readonly entry: DenylistEntry }) {
  const { t } = useTranslation('state')
  const refused = useLab((lab) => lab.revocations.length)
  return (
    <Details
      title={t(`denylist.kind.${entry.kind}`)}
      id={String(entry.value)}
      facts={[
        [t('column.account'), entry.account],
        [t('column.added'), <LabTime key="added" at={entry.addedAt} />],
        [t('denylist.until'), entry.expiresAt === null ? t('denylist.forGood') : <LabTime key="until" at={entry.expiresAt} />],
        [t('column.keptIn'), whereWords(entry, t)],
        [t('column.asked'), t(entry.isAsked ? 'denylist.asked' : 'denylist.notAsked')],
      ]}
    >
      {typeof entry.value === 'string' && <Uses id={entry.value} stamp={refused} />}
    </Details>
  )
}

/** What is kept to end access tokens before their `exp`. */
export function Denylist() {
  const { t } = useTranslation('state')
  const { data: rows, error } = useDenylist()
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <ListPane
      label={t('tab.denylist')}
      rows={rows}
      error={error}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'added', desc: true }}
      about={t('denylist.about')}
      empty={t('denylist.empty')}
      cutAt={MAX_DENYLIST}
      details={(entry) => <EntryDetails entry={entry} />}
    />
  )
}
