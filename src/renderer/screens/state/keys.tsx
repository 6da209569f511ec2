import { IconKey } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Keyring } from '../../../contract/keys.ts'
import type { Node } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { sayList } from '../../i18n/say.ts'
import { KeySettings } from '../../panels/topology/key-settings.tsx'
import { SettingsPopover } from '../../panels/topology/settings-popover.tsx'
import { useActions } from '../../state/act.ts'
import { useKeyring } from '../../state/lists.ts'
import { useLab } from '../../state/use-lab.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { Details, LabTime, Uses } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { Standing, type StandingName } from './standing.tsx'

type T = TFunction<'state'>

interface KeyRow {
  readonly id: string
  readonly kind: 'token' | 'cookie'
  readonly alg: string
  readonly state: StandingName
  readonly createdAt: number | null
  readonly replacedAt: number | null
  readonly retiredAt: number | null
}

const rowsOf = ({ keys, cookieSecrets }: Keyring): KeyRow[] => [
  ...keys.map(({ kid, ...key }) => ({ id: kid, kind: 'token' as const, ...key })),
  ...cookieSecrets.map(({ id, createdAt }, index) => ({
    id,
    kind: 'cookie' as const,
    alg: 'HMAC-SHA256',
    state: index === 0 ? ('signing' as const) : ('verifying' as const),
    createdAt,
    replacedAt: null,
    retiredAt: null,
  })),
]

const Time = ({ at }: { readonly at: number | null }) => <span className="mono">{at === null ? '–' : <LabTime at={at} />}</span>

const columnsOf = (t: T): GridColumn<KeyRow>[] => [
  {
    id: 'id',
    label: t('column.key'),
    track: 'minmax(120px, 1.6fr)',
    value: ({ id }) => id,
    cell: ({ id }) => <span className="mono">{id}</span>,
  },
  {
    id: 'kind',
    label: t('column.for'),
    track: 'minmax(90px, 1fr)',
    value: ({ kind }) => t(`keys.kind.${kind}`),
    cell: ({ kind }) => t(`keys.kind.${kind}`),
  },
  {
    id: 'alg',
    label: t('column.algorithm'),
    track: '100px',
    value: ({ alg }) => alg,
    cell: ({ alg }) => <span className="mono">{alg}</span>,
  },
  {
    id: 'state',
    label: t('column.state'),
    track: 'minmax(100px, 1fr)',
    value: ({ state }) => state,
    cell: ({ state }) => <Standing name={state} />,
  },
  {
    id: 'created',
    label: t('column.created'),
    track: '72px',
    value: ({ createdAt }) => createdAt ?? undefined,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  {
    id: 'replaced',
    label: t('column.replaced'),
    track: '72px',
    value: ({ replacedAt }) => replacedAt ?? undefined,
    cell: ({ replacedAt }) => <Time at={replacedAt} />,
  },
  {
    id: 'retired',
    label: t('column.retired'),
    track: '72px',
    value: ({ retiredAt }) => retiredAt ?? undefined,
    cell: ({ retiredAt }) => <Time at={retiredAt} />,
  },
]

const idOf = ({ id }: KeyRow): string => id
const textOf = ({ id, alg, state, kind }: KeyRow): string => `${id} ${alg} ${state} ${kind}`

const namesOf = (nodes: readonly Node[], test: (node: Node) => boolean): string => sayList(nodes.filter(test).map(({ id }) => id)) || '–'

function KeyDetails({ row }: { readonly row: KeyRow }) {
  const { t } = useTranslation('state')
  const nodes = useLab((lab) => lab.nodes)
  const holders: [string, string][] =
    row.kind === 'cookie'
      ? []
      : [
          [t('keys.signsOn'), namesOf(nodes, ({ signingKeyId }) => signingKeyId === row.id)],
          [t('keys.verifiesOn'), namesOf(nodes, ({ verifyingKeyIds }) => verifyingKeyIds.includes(row.id))],
        ]
  return (
    <Details
      title={t(`keys.kind.${row.kind}`)}
      id={row.id}
      facts={[
        [t('column.algorithm'), row.alg],
        [t('column.state'), <Standing key="state" name={row.state} />],
        [t('column.created'), <Time key="created" at={row.createdAt} />],
        ...holders,
      ]}
    >
      {row.kind === 'token' && <Uses id={row.id} stamp={row.state} />}
    </Details>
  )
}

function KeyTools() {
  const { t } = useTranslation('state')
  const { busy, run } = useActions()
  return (
    <>
      <button
        type="button"
        className="btn sm"
        title={t('keys.rotateNote')}
        aria-disabled={busy !== null}
        onClick={() => void run('rotate', () => api.keys.rotate({}))}
      >
        {t('keys.rotate')}
      </button>
      <SettingsPopover label={t('keys.settings')} words={t('keys.settings')} icon={<IconKey size={14} stroke={1.75} aria-hidden />}>
        <KeySettings />
      </SettingsPopover>
    </>
  )
}

/** The keyring, without anything that is secret. */
export function Keys() {
  const { t } = useTranslation('state')
  const { data: keyring, error } = useKeyring()
  const columns = useMemo(() => columnsOf(t), [t])
  const rows = useMemo(() => keyring && rowsOf(keyring), [keyring])
  return (
    <ListPane
      label={t('tab.keys')}
      rows={rows}
      error={error}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'created', desc: true }}
      about={t('keys.about')}
      empty={t('keys.empty')}
      cutAt={null}
      tools={<KeyTools />}
      details={(row) => <KeyDetails row={row} />}
    />
  )
}
