import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { RefreshFamily } from '../../../contract/refresh-families.ts'
import { type IssuedToken, MAX_TOKENS } from '../../../contract/tokens.ts'
import { api } from '../../api.ts'
import { Stopwatch } from '../../panels/revocation/stopwatch.tsx'
import { MAX_FAMILIES, useFamilies, useTokens } from '../../state/lists.ts'
import { useLab } from '../../state/use-lab.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { accountAction } from './account-action.ts'
import { DetailActions, Details, LabTime, Uses } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { RevokeButton, type RowAction } from './row-menu.tsx'
import { Standing, StandingUntil, TimeLeft } from './standing.tsx'
import { deviceWords, shortId } from './words.ts'

type T = TFunction<'state'>

const SID_LENGTH = 32

/** A token as the list shows it, with the `id` of its refresh family; null when the server has none of it any more. */
type TokenRow = IssuedToken & { readonly family: string | null; readonly isFamilyOver: boolean }

/** What is over already is not offered to be ended. */
function actionsOf({ jti, account, family, isFamilyOver, state }: TokenRow, t: T): RowAction[] {
  const isOver = state === 'revoked'
  const token = { id: 'token', label: t('tokens.revoke'), note: t('tokens.revokeNote') }
  const device = { id: 'device', label: t('tokens.device'), note: t('tokens.deviceNote') }
  return [
    ...(isOver ? [] : [{ ...token, act: () => api.tokens.revoke({ jti }) }]),
    ...(family === null || (isOver && isFamilyOver) ? [] : [{ ...device, act: () => api.refreshFamilies.revoke({ id: family }) }]),
    ...accountAction(account, t),
  ]
}

const columnsOf = (t: T): GridColumn<TokenRow>[] => [
  {
    id: 'account',
    label: t('column.account'),
    track: 'minmax(52px, 1fr)',
    value: ({ account }) => account,
    cell: ({ account }) => account,
  },
  {
    id: 'device',
    label: t('column.device'),
    track: 'minmax(70px, 1.4fr)',
    value: ({ device }) => deviceWords(device),
    cell: ({ device }) => deviceWords(device) ?? <span className="dim">–</span>,
  },
  { id: 'jti', label: 'jti', track: '76px', value: ({ jti }) => jti, cell: ({ jti }) => <span className="mono">{shortId(jti)}</span> },
  { id: 'kid', label: 'kid', track: 'minmax(64px, 1fr)', value: ({ kid }) => kid, cell: ({ kid }) => <span className="mono">{kid}</span> },
  {
    id: 'issued',
    label: t('column.issued'),
    track: '62px',
    value: ({ issuedAt }) => issuedAt,
    cell: ({ issuedAt }) => (
      <span className="mono dim">
        <LabTime at={issuedAt} />
      </span>
    ),
  },
  {
    id: 'used',
    label: t('column.lastUse'),
    track: '62px',
    value: ({ lastUsedAt }) => lastUsedAt ?? undefined,
    cell: ({ lastUsedAt }) => <span className="mono">{lastUsedAt === null ? '–' : <LabTime at={lastUsedAt} />}</span>,
  },
  {
    id: 'uses',
    label: t('column.uses'),
    track: '54px',
    isNumber: true,
    value: ({ uses }) => uses,
    cell: ({ uses }) => <span className="mono">{uses}</span>,
  },
  {
    id: 'refusals',
    label: t('column.refusals'),
    track: '52px',
    isNumber: true,
    value: ({ refusals }) => refusals,
    cell: ({ refusals }) => <span className={refusals > 0 ? 'mono no' : 'mono'}>{refusals}</span>,
  },
  {
    id: 'left',
    label: t('column.left'),
    track: '56px',
    isNumber: true,
    value: ({ expiresAt }) => expiresAt,
    cell: ({ expiresAt }) => <TimeLeft endsAt={expiresAt} />,
  },
  {
    id: 'state',
    label: t('column.state'),
    track: '74px',
    value: ({ state }) => state,
    cell: ({ state, expiresAt }) => (state === 'revoked' ? <Standing name="revoked" /> : <StandingUntil endsAt={expiresAt} />),
  },
  {
    id: 'revoke',
    label: t('column.actions'),
    isHeadHidden: true,
    track: '88px',
    cell: (row) => (
      <RevokeButton
        words={t('revoke')}
        label={t('tokens.revokeRow', { id: shortId(row.jti), account: row.account })}
        actions={() => actionsOf(row, t)}
      />
    ),
  },
]

const idOf = ({ jti }: TokenRow): string => jti
const textOf = ({ jti, account, clientId, device, kid, alg, state, sid }: TokenRow): string =>
  `${jti} ${account} ${clientId ?? ''} ${device ?? ''} ${kid} ${alg} ${state} ${sid ?? ''}`

function withFamilies(tokens: readonly IssuedToken[], families: readonly RefreshFamily[]): TokenRow[] {
  // Its claim `sid` is the beginning of the id of the family.
  const bySid = new Map(families.map((family) => [family.id.slice(0, SID_LENGTH), family]))
  return tokens.map((token) => {
    const family = token.sid === null ? undefined : bySid.get(token.sid)
    return { ...token, family: family?.id ?? null, isFamilyOver: family?.state === 'revoked' }
  })
}

function TokenDetails({ token }: { readonly token: TokenRow }) {
  const { t } = useTranslation('state')
  const revocation = useLab((lab) => lab.revocations.find(({ id }) => id === token.revocation))
  return (
    <Details
      title={t('tokens.one')}
      id={token.jti}
      facts={[
        [t('column.account'), token.account],
        [t('column.client'), token.clientId ?? '–'],
        [t('column.device'), token.device ?? '–'],
        [
          'sid',
          <span key="sid" className="mono">
            {token.sid ?? '–'}
          </span>,
        ],
        ['kid, alg', <span key="kid" className="mono">{`${token.kid}, ${token.alg}`}</span>],
        [t('column.issued'), <LabTime key="issued" at={token.issuedAt} />],
        ['exp', <LabTime key="exp" at={token.expiresAt} />],
        [t('column.lastUse'), token.lastUsedAt === null ? '–' : <LabTime key="used" at={token.lastUsedAt} />],
        [t('tokens.lastNode'), token.lastNode ?? '–'],
        [t('column.uses'), String(token.uses)],
        [t('column.refusals'), String(token.refusals)],
        [
          t('column.state'),
          token.state === 'revoked' ? <Standing key="state" name="revoked" /> : <StandingUntil key="state" endsAt={token.expiresAt} />,
        ],
        [t('tokens.bytes'), `${token.bytes} B`],
      ]}
    >
      {revocation && <Stopwatch revocation={revocation} />}
      <DetailActions actions={actionsOf(token, t)} />
      <Uses id={token.jti} stamp={token.uses + token.refusals} />
    </Details>
  )
}

/** Access tokens that were seen being issued. */
export function Tokens() {
  const { t } = useTranslation('state')
  const { data, error } = useTokens({ limit: MAX_TOKENS })
  const { data: families } = useFamilies({ limit: MAX_FAMILIES })
  const rows = useMemo(() => data && withFamilies(data, families ?? []), [data, families])
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <ListPane
      label={t('tab.tokens')}
      rows={rows}
      error={error}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'issued', desc: true }}
      about={t('tokens.about')}
      empty={t('tokens.empty')}
      cutAt={MAX_TOKENS}
      details={(token) => <TokenDetails token={token} />}
    />
  )
}
