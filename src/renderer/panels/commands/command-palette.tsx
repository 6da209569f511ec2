import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useReducer } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { shortVerdict } from '../../i18n/verdict-words.ts'
import { notifyFailure } from '../../state/act.ts'
import { type CommandId, hasCommand, runCommand } from '../../state/commands.ts'
import { openExchange, SCREENS, selectExchange, setUi, useUi } from '../../state/ui-state.ts'
import { currentLog, useLab } from '../../state/use-lab.ts'
import { useClusterCommands, useNodeCommands } from './cluster-commands.tsx'

/** Commands with their single keys, in the order of the palette. */
const COMMANDS: ReadonlyArray<readonly [CommandId, string | null]> = [
  ['pause-clock', 'Space'],
  ['clock-ahead-1', '.'],
  ['clock-ahead-15', '>'],
  ['clock-back-1', ','],
  ['clock-back-15', '<'],
  ['real-time', null],
  ['toggle-recording', null],
  ['clear-traffic', null],
  ['export-har', null],
  ['focus-filter', '/'],
  ['replay', 'R'],
  ['replay-as-mallory', 'M'],
  ['toggle-inspector', 'I'],
  ['widen-inspector', 'W'],
  ['toggle-theme', null],
  ['toggle-language', null],
  ...SCREENS.map((screen, index) => [`screen-${screen}`, String(index + 1)] as const),
  ['presenter-mode', 'P'],
  ['open-notes', null],
  ['freeze-page', 'F'],
  ['save-checkpoint', null],
  ['restore-checkpoint', 'B'],
  ['save-snapshot', null],
  ['open-snapshot', null],
  ['reset-lab', null],
]

const MOST_REQUESTS = 8

const select = (caused: { exchanges: string[] }): void => {
  const last = caused.exchanges.at(-1)
  if (last !== undefined) selectExchange(last)
}

const action = (id: string, label: string, act: () => void, key: string | null = null): SpotlightActionData => ({
  id,
  label,
  onClick: act,
  rightSection: key === null ? undefined : <kbd className="kbd">{key}</kbd>,
})

function useClientActions(): SpotlightActionData[] {
  const { t } = useTranslation('commands')
  const clients = useLab((lab) => lab.clients)
  const send = (work: Promise<{ exchanges: string[] }>): void => void work.then(select, notifyFailure)
  return clients.flatMap(({ id, name }) => [
    action(`login-${id}`, t('client.login', { name }), () => send(api.clients.login({ id }))),
    action(`me-${id}`, t('client.call', { name, path: '/me' }), () => send(api.clients.request({ id, path: '/me' }))),
    action(`admin-${id}`, t('client.call', { name, path: '/admin/users' }), () => send(api.clients.request({ id, path: '/admin/users' }))),
    action(`logout-${id}`, t('client.logout', { name }), () => send(api.clients.logout({ id }))),
  ])
}

/** The newest requests that hold every word of the query. */
function matchingRequests(query: string): SpotlightActionData[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found: SpotlightActionData[] = []
  const { rows } = currentLog()
  for (let index = rows.length - 1; index >= 0 && found.length < MOST_REQUESTS; index -= 1) {
    const row = rows[index]
    if (!row || !words.every((word) => row.haystack.includes(word))) continue
    const { id, seq, method, path, status, clientName } = row.exchange
    const verdict = row.exchange.verdict === null ? '' : shortVerdict(row.exchange)
    found.push({
      ...action(id, `#${seq} ${method} ${path}`, () => {
        openExchange(id)
      }),
      description: [clientName, status, verdict].filter(Boolean).join(' · '),
    })
  }
  return found
}

/** Ctrl K: every command, and every request, by typing. */
export function CommandPalette() {
  const { t } = useTranslation('commands')
  // What can be done now is asked again at every opening: a request may have been selected since the last drawing.
  const [, drawAgain] = useReducer((openings: number) => openings + 1, 0)
  const topologyView = useUi((ui) => ui.topologyView)
  const clientActions = useClientActions()
  const nodeCommands = useNodeCommands()
  const clusterCommands = useClusterCommands()
  const other = topologyView === 'graph' ? 'list' : 'graph'
  const commands = [
    ...COMMANDS.map(([id, key]) => action(id, t(`command.${id as 'replay'}`), () => runCommand(id), key)),
    action('topology-view', t(`topologyView.${other}`), () => setUi({ topologyView: other })),
  ]
  const groups: SpotlightActionGroupData[] = [
    { group: t('group.commands'), actions: commands },
    { group: t('group.clients'), actions: clientActions },
    { group: t('group.cluster'), actions: clusterCommands },
    { group: t('group.nodes'), actions: nodeCommands },
  ]
  const filter = (query: string): SpotlightActionGroupData[] => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const matches = ({ id, label = '' }: SpotlightActionData): boolean =>
      words.every((word) => label.toLowerCase().includes(word)) &&
      (!COMMANDS.some(([command]) => command === id) || hasCommand(id as CommandId))
    const kept = groups.map(({ group, actions }) => ({ group, actions: actions.filter(matches) }))
    const requests = words.length === 0 ? [] : [{ group: t('group.requests'), actions: matchingRequests(query) }]
    return [...requests, ...kept].filter(({ actions }) => actions.length > 0)
  }
  return (
    <Spotlight
      actions={groups}
      filter={filter}
      shortcut={null}
      onSpotlightOpen={drawAgain}
      lockScroll={false}
      scrollable
      overlayProps={{ blur: 0, backgroundOpacity: 0.3 }}
      maxHeight={420}
      transitionProps={{ duration: 0 }}
      nothingFound={t('nothingFound')}
      searchProps={{
        placeholder: t('placeholder'),
        'aria-label': t('placeholder'),
        leftSection: <IconSearch size={16} stroke={1.75} aria-hidden />,
      }}
    />
  )
}
