import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { RefreshFamily } from '../../../contract/refresh-families.ts'
import { api } from '../../api.ts'
import { FamilyTree } from '../../panels/inspector/state/family-tree.tsx'
import { MAX_FAMILIES, useFamilies } from '../../state/lists.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { accountAction } from './account-action.ts'
import { DetailActions, Details, LabTime, Uses } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { RevokeButton, type RowAction } from './row-menu.tsx'
import { Standing, TimeLeft } from './standing.tsx'
import { deviceWords, shortId } from './words.ts'

type T = TFunction<'state'>

const actionsOf = ({ id, account, state }: RefreshFamily, t: T): RowAction[] => [
  ...(state === 'revoked'
    ? []
    : [{ id: 'device', label: t('tokens.device'), note: t('tokens.deviceNote'), act: () => api.refreshFamilies.revoke({ id }) }]),
  ...accountAction(account, t),
]

/** When the family expires unless its newest token is used before. */
const endOf = ({ members, absoluteExpiresAt }: RefreshFamily): number =>
  Math.min(absoluteExpiresAt, Math.max(0, ...members.filter(({ usedAt }) => usedAt === null).map(({ idleExpiresAt }) => idleExpiresAt)))

const lastUseOf = ({ members }: RefreshFamily): number => members.reduce((last, { issuedAt }) => Math.max(last, issuedAt), 0)

const columnsOf = (t: T): GridColumn<RefreshFamily>[] => [
  {
    id: 'account',
    label: t('column.account'),
    track: 'minmax(70px, 1fr)',
    value: ({ account }) => account,
    cell: ({ account }) => account,
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
    label: t('column.family'),
    track: '92px',
    value: ({ id }) => id,
    cell: ({ id }) => <span className="mono">{shortId(id)}</span>,
  },
  {
    id: 'members',
    label: t('column.tokens'),
    track: '52px',
    isNumber: true,
    value: ({ members }) => members.length,
    cell: ({ members }) => <span className="mono">{members.length}</span>,
  },
  {
    id: 'created',
    label: t('column.began'),
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
    value: lastUseOf,
    cell: (row) => (
      <span className="mono">
        <LabTime at={lastUseOf(row)} />
      </span>
    ),
  },
  {
    id: 'left',
    label: t('column.left'),
    track: '88px',
    isNumber: true,
    value: (row) => (row.state === 'active' ? endOf(row) : undefined),
    cell: (row) => (row.state === 'active' ? <TimeLeft endsAt={endOf(row)} /> : '–'),
  },
  {
    id: 'state',
    label: t('column.state'),
    track: 'minmax(122px, 1fr)',
    value: ({ state }) => state,
    cell: ({ state, revokedReason }) =>
      revokedReason === 'reused' ? <Standing name="revoked" words={t('families.reused')} /> : <Standing name={state} />,
  },
  {
    id: 'revoke',
    label: t('column.actions'),
    isHeadHidden: true,
    track: '92px',
    cell: (row) => (
      <RevokeButton
        words={t('revoke')}
        label={t('families.revokeRow', { id: shortId(row.id), account: row.account })}
        actions={() => actionsOf(row, t)}
      />
    ),
  },
]

const idOf = ({ id }: RefreshFamily): string => id
const textOf = ({ id, account, device, clientId, state, revokedReason }: RefreshFamily): string =>
  `${id} ${account} ${device ?? ''} ${clientId ?? ''} ${state} ${revokedReason ?? ''}`

function FamilyDetails({ family }: { readonly family: RefreshFamily }) {
  const { t } = useTranslation('state')
  return (
    <Details
      title={t('families.one')}
      id={family.id}
      facts={[
        [t('column.account'), family.account],
        [t('column.client'), family.clientId ?? '–'],
        [t('column.device'), family.device ?? '–'],
        [
          'scope',
          <span key="scope" className="mono">
            {family.scope}
          </span>,
        ],
        [t('column.state'), <Standing key="state" name={family.state} />],
        [t('families.absoluteEnd'), <LabTime key="absolute" at={family.absoluteExpiresAt} />],
      ]}
    >
      <FamilyTree family={family} />
      <DetailActions actions={actionsOf(family, t)} />
      <Uses id={family.id} stamp={`${family.members.length} ${family.revokedAt}`} />
    </Details>
  )
}

/** Families of refresh tokens, as the server keeps them. */
export function Families() {
  const { t } = useTranslation('state')
  const { data: rows, error } = useFamilies({ limit: MAX_FAMILIES })
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <ListPane
      label={t('tab.families')}
      rows={rows}
      error={error}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'created', desc: true }}
      about={t('families.about')}
      empty={t('families.empty')}
      cutAt={MAX_FAMILIES}
      details={(family) => <FamilyDetails family={family} />}
    />
  )
}
