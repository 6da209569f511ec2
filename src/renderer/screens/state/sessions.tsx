import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_SESSIONS_LISTED, type SessionRow } from '../../../contract/sessions.ts'
import { api } from '../../api.ts'
import { useSessions } from '../../state/use-sessions.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { accountAction } from './account-action.ts'
import { DetailActions, Details, LabTime, Uses } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { RevokeButton, type RowAction } from './row-menu.tsx'
import { StandingUntil, TimeLeft } from './standing.tsx'
import { deviceWords, shortId } from './words.ts'

type T = TFunction<'state'>

const endOf = ({ idleExpiresAt, absoluteExpiresAt }: SessionRow): number => Math.min(idleExpiresAt, absoluteExpiresAt)

const actionsOf = (row: SessionRow, t: T): RowAction[] => [
  { id: 'end', label: t('sessions.end'), note: t('sessions.endNote'), act: () => api.sessions.end({ id: row.id }) },
  { id: 'expire', label: t('sessions.expire'), note: t('sessions.expireNote'), act: () => api.sessions.expire({ id: row.id }) },
  ...accountAction(row.account, t),
]

const columnsOf = (t: T): GridColumn<SessionRow>[] => [
  {
    id: 'account',
    label: t('column.account'),
    track: 'minmax(70px, 1fr)',
    value: ({ account }) => account ?? undefined,
    cell: ({ account }) => account ?? <span className="dim">{t('nobody')}</span>,
  },
  {
    id: 'device',
    label: t('column.device'),
    track: 'minmax(90px, 1.6fr)',
    value: ({ device }) => deviceWords(device),
    cell: ({ device }) => deviceWords(device) ?? <span className="dim">–</span>,
  },
  {
    id: 'id',
    label: t('column.session'),
    track: '92px',
    value: ({ id }) => id,
    cell: ({ id }) => <span className="mono ses-ink">{shortId(id)}</span>,
  },
  {
    id: 'node',
    label: t('column.madeBy'),
    track: '60px',
    value: ({ node }) => node ?? undefined,
    cell: ({ node }) => <span className="mono">{node ?? '–'}</span>,
  },
  {
    id: 'created',
    label: t('column.created'),
    track: '70px',
    value: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => (
      <span className="mono dim">
        <LabTime at={createdAt} />
      </span>
    ),
  },
  {
    id: 'used',
    label: t('column.lastUse'),
    track: '70px',
    value: ({ lastSeenAt }) => lastSeenAt,
    cell: ({ lastSeenAt }) => (
      <span className="mono">
        <LabTime at={lastSeenAt} />
      </span>
    ),
  },
  { id: 'left', label: t('column.left'), track: '74px', isNumber: true, value: endOf, cell: (row) => <TimeLeft endsAt={endOf(row)} /> },
  { id: 'state', label: t('column.state'), track: '76px', value: endOf, cell: (row) => <StandingUntil endsAt={endOf(row)} /> },
  {
    id: 'revoke',
    label: t('column.actions'),
    isHeadHidden: true,
    track: '92px',
    cell: (row) => (
      <RevokeButton
        words={t('revoke')}
        label={t('sessions.revokeRow', { id: shortId(row.id), account: row.account ?? t('nobody') })}
        actions={() => actionsOf(row, t)}
      />
    ),
  },
]

const idOf = ({ id }: SessionRow): string => id
const textOf = ({ id, account, device, node }: SessionRow): string => `${id} ${account ?? ''} ${device ?? ''} ${node ?? ''}`

function SessionDetails({ row }: { readonly row: SessionRow }) {
  const { t } = useTranslation('state')
  return (
    <Details
      title={t('sessions.one')}
      id={row.id}
      facts={[
        [t('column.account'), row.account ?? t('nobody')],
        [t('column.device'), row.device ?? '–'],
        [t('column.madeBy'), row.node ?? '–'],
        [t('column.state'), <StandingUntil key="state" endsAt={endOf(row)} />],
        [t('column.left'), <TimeLeft key="left" endsAt={endOf(row)} />],
        [t('column.created'), <LabTime key="created" at={row.createdAt} />],
        [t('column.lastUse'), <LabTime key="used" at={row.lastSeenAt} />],
        [t('sessions.idleEnd'), <LabTime key="idle" at={row.idleExpiresAt} />],
        [t('sessions.absoluteEnd'), <LabTime key="absolute" at={row.absoluteExpiresAt} />],
      ]}
    >
      <DetailActions actions={actionsOf(row, t)} />
      <Uses id={row.id} stamp={row.lastSeenAt} />
    </Details>
  )
}

/** Rows of the session store. */
export function Sessions() {
  const { t } = useTranslation('state')
  const rows = useSessions()
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <ListPane
      label={t('tab.sessions')}
      rows={rows}
      error={null}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'created', desc: true }}
      about={t('sessions.about')}
      empty={t('sessions.empty')}
      cutAt={MAX_SESSIONS_LISTED}
      details={(row) => <SessionDetails row={row} />}
    />
  )
}
