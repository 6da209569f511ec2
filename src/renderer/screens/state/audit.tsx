import { IconDownload } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type AuditEntry, MAX_AUDIT } from '../../../contract/audit.ts'
import { saveText } from '../../desktop.ts'
import { actionWords } from '../../i18n/action-words.ts'
import { hasWords, say } from '../../i18n/say.ts'
import { toneOf } from '../../i18n/verdict-words.ts'
import { notify, useActions } from '../../state/act.ts'
import { useAudit } from '../../state/lists.ts'
import { openExchange } from '../../state/ui-state.ts'
import type { GridColumn } from '../../ui/record-grid.tsx'
import { Details, LabTime } from './details.tsx'
import { ListPane } from './list-pane.tsx'
import { shortId } from './words.ts'

type T = TFunction<'state'>

/** What happened, in a few words; of an operator the same as in the traffic. */
function eventWords({ kind, action, account, subject, params }: AuditEntry, t: T): string {
  if (action === null) return t(`audit.kind.${kind}`)
  return actionWords({ action, params: { ...params, ...(account !== null && { account }), ...(subject && { id: subject.hash }) } })
}

const accountWords = ({ account, subject }: AuditEntry, t: T): string =>
  account ?? (subject?.kind === 'name' ? t('audit.unknownName') : '–')

function verdictWords({ verdict, kind }: AuditEntry): string {
  if (verdict === null) return ''
  const ofClient = `verdicts:${verdict}.short.client`
  return say(kind === 'client-authentication-failed' && hasWords(ofClient) ? ofClient : `verdicts:${verdict}.short.any`)
}

const columnsOf = (t: T): GridColumn<AuditEntry>[] => [
  {
    id: 'at',
    label: t('column.at'),
    track: '78px',
    value: ({ id }) => Number(id),
    cell: ({ at }) => (
      <span className="mono dim">
        <LabTime at={at} />
      </span>
    ),
  },
  {
    id: 'event',
    label: t('column.event'),
    track: 'minmax(170px, 2.6fr)',
    value: (entry) => eventWords(entry, t),
    cell: (entry) => eventWords(entry, t),
  },
  {
    id: 'account',
    label: t('column.account'),
    track: 'minmax(72px, 0.8fr)',
    value: (entry) => accountWords(entry, t),
    cell: (entry) => accountWords(entry, t),
  },
  {
    id: 'by',
    label: t('column.by'),
    track: '104px',
    value: ({ kind }) => t(kind === 'operator' ? 'audit.operatorDid' : 'audit.clientDid'),
    cell: ({ kind }) => t(kind === 'operator' ? 'audit.operatorDid' : 'audit.clientDid'),
  },
  {
    id: 'outcome',
    label: t('column.outcome'),
    track: 'minmax(96px, 1.5fr)',
    value: verdictWords,
    cell: (entry) => <span className={toneOf(entry.verdict)}>{verdictWords(entry) || '–'}</span>,
  },
  {
    id: 'node',
    label: t('audit.node'),
    track: '64px',
    value: ({ node }) => node ?? undefined,
    cell: ({ node }) => <span className="mono">{node ?? '–'}</span>,
  },
  {
    id: 'hash',
    label: t('column.hash'),
    track: '132px',
    value: ({ subject }) => subject?.hash,
    cell: ({ subject }) =>
      subject ? <span className="mono">{`${t(`audit.subject.${subject.kind}`)} ${shortId(subject.hash)}`}</span> : '–',
  },
]

/** Where and why the authentication of a client failed. */
function clientFact(name: string, value: string, t: T): readonly [name: string, value: string] {
  const key = `state:audit.clientFailure.${value}`
  if (name === 'reason') return [t('audit.reason'), hasWords(key) ? say(key) : value]
  return [name === 'endpoint' ? t('audit.endpoint') : name, value]
}

const idOf = ({ id }: AuditEntry): string => id

function EntryDetails({ entry }: { readonly entry: AuditEntry }) {
  const { t, i18n } = useTranslation('state')
  const { kind, subject, params, exchange, mechanism, node, realAt } = entry
  const real = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(realAt)
  const changes = Object.entries(params).map(([name, value]) =>
    kind === 'client-authentication-failed' ? clientFact(name, String(value), t) : ([name, String(value)] as const),
  )
  return (
    <Details
      title={eventWords(entry, t)}
      id={subject?.hash ?? entry.id}
      facts={[
        [t('column.account'), accountWords(entry, t)],
        [t('column.outcome'), verdictWords(entry) || '–'],
        [t('audit.mechanism'), mechanism === null ? '–' : say(`traffic:mechanismName.${mechanism}`)],
        [t('audit.node'), node ?? '–'],
        [t('column.at'), <LabTime key="at" at={entry.at} />],
        [t('audit.realAt'), real],
        ...changes,
        ...(exchange === null
          ? []
          : ([
              [
                t('audit.exchange'),
                <button key="exchange" type="button" className="lk mono" onClick={() => openExchange(exchange)}>
                  {exchange}
                </button>,
              ],
            ] as const)),
      ]}
    />
  )
}

/** Logins, failures, revocations and changes of accounts, as they were written down. */
export function Audit() {
  const { t } = useTranslation('state')
  const { data, error } = useAudit({ limit: MAX_AUDIT })
  const columns = useMemo(() => columnsOf(t), [t])
  const { busy, run } = useActions()
  const textOf = useMemo(
    () => (entry: AuditEntry) =>
      `${eventWords(entry, t)} ${entry.kind} ${accountWords(entry, t)} ${entry.verdict ?? ''} ${verdictWords(entry)} ${entry.node ?? ''} ${entry.subject?.hash ?? ''} ${Object.values(entry.params).join(' ')}`,
    [t],
  )
  const save = async (): Promise<void> => {
    const lines = (data ?? []).map((entry) => JSON.stringify(entry)).reverse()
    if (await run('save', () => saveText('authlab-audit.jsonl', `${lines.join('\n')}\n`))) notify(t('audit.exported'))
  }
  return (
    <ListPane
      label={t('tab.audit')}
      rows={data}
      error={error}
      idOf={idOf}
      textOf={textOf}
      columns={columns}
      sortedBy={{ id: 'at', desc: true }}
      about={t('audit.about')}
      empty={t('audit.empty')}
      cutAt={MAX_AUDIT}
      tools={
        <button type="button" className="btn sm" disabled={!data || data.length === 0 || busy !== null} onClick={() => void save()}>
          <IconDownload size={14} stroke={1.75} aria-hidden />
          {t('audit.export')}
        </button>
      }
      details={(entry) => <EntryDetails entry={entry} />}
    />
  )
}
