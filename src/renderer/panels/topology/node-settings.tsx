import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MAX_LATENCY_MS, MAX_SKEW_MS, type Node, type NodeChange } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import { Dial } from './dial.tsx'
import { NODE_ACTIONS, whyNot } from './node-actions.ts'
import { NodeFacts } from './node-facts.tsx'
import { spanWords } from './node-words.ts'
import classes from './settings.module.css'
import { SettingsPopover } from './settings-popover.tsx'

const LATENCIES_MS = [0, 50, 200, 1000] as const
const SKEWS_S = [-900, -30, 0, 30, 900] as const
const SECOND_MS = 1000

function Actions({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  const { busy, run } = useActions()
  const count = useLab((lab) => lab.nodes.length)
  return (
    <div className={classes['row']}>
      {NODE_ACTIONS.map((action) => {
        const reason = whyNot(action, node, count)
        const canAct = reason === null && busy === null
        return (
          <button
            key={action}
            type="button"
            className="btn sm"
            aria-disabled={!canAct}
            title={reason === null ? t(`actionNote.${action}`) : t(`whyNot.${reason}`, { node: node.id })}
            onClick={() => canAct && void run(action, () => api.nodes[action]({ id: node.id }))}
          >
            {t(`action.${action}`)}
          </button>
        )
      })}
    </div>
  )
}

const skewWords = (seconds: number, none: string): string =>
  seconds === 0 ? none : `${seconds > 0 ? '+' : '−'}${spanWords(Math.abs(seconds) * SECOND_MS)}`

function Dials({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  const { busy, run } = useActions()
  const { id } = node
  const change = (name: string, wanted: NodeChange): void => void run(name, () => api.nodes.change({ id, ...wanted }))
  const isBusy = busy !== null
  return (
    <>
      <Dial
        label={t('latency')}
        unit="ms"
        value={node.latencyMs}
        least={0}
        most={MAX_LATENCY_MS}
        presets={LATENCIES_MS.map((ms) => [ms, ms === 0 ? t('none') : spanWords(ms)] as const)}
        isBusy={isBusy}
        set={(latencyMs) => change('latency', { latencyMs })}
      />
      <Dial
        label={t('skew')}
        note={t('skewNote')}
        unit="s"
        value={node.clockSkewMs / SECOND_MS}
        least={-MAX_SKEW_MS / SECOND_MS}
        most={MAX_SKEW_MS / SECOND_MS}
        presets={SKEWS_S.map((seconds) => [seconds, skewWords(seconds, t('none'))] as const)}
        isBusy={isBusy}
        set={(seconds) => change('skew', { clockSkewMs: seconds * SECOND_MS })}
      />
      <Switch
        size="xs"
        label={t('freeze')}
        description={t('freezeNote')}
        checked={node.jwksFrozen}
        onChange={(event) => change('freeze', { jwksFrozen: event.currentTarget.checked })}
      />
      <Switch
        size="xs"
        label={t('ownSecret')}
        description={t('ownSecretNote')}
        checked={node.hasOwnCookieSecret}
        onChange={(event) => change('secret', { ownCookieSecret: event.currentTarget.checked })}
      />
    </>
  )
}

/** Everything that can be done to one node, and all that is known of it. */
export function NodeSettings({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  return (
    <SettingsPopover label={t('nodeSettings', { node: node.id })}>
      <Actions node={node} />
      <NodeFacts node={node} />
      {node.url === null ? <Dials node={node} /> : <p className={classes['reason']}>{t('elsewhere')}</p>}
    </SettingsPopover>
  )
}
