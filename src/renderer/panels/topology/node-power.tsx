import { IconLoader2, IconPlayerPlay, IconPower } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Node } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { whyNot } from './node-actions.ts'

/** Kills or starts a node. It asks nothing: the other one undoes it. */
export function NodePower({ node }: { readonly node: Node }) {
  const { t } = useTranslation('topology')
  const { busy, run } = useActions()
  const { id, state } = node
  const isUp = state === 'up'
  const reason = whyNot(isUp ? 'kill' : 'start', node, 1)
  const canAct = reason === null && busy === null
  const words = reason === null ? t(isUp ? 'kill' : 'start', { node: id }) : t(`whyNot.${reason}`, { node: id })
  const Icon = isUp ? IconPower : IconPlayerPlay
  return (
    <button
      type="button"
      className="ib nodrag nopan"
      aria-label={words}
      title={words}
      aria-disabled={!canAct}
      onClick={() => canAct && void run('power', () => (isUp ? api.nodes.kill({ id }) : api.nodes.start({ id })))}
    >
      {busy ? <IconLoader2 size={14} className="spin" aria-hidden /> : <Icon size={14} stroke={1.75} aria-hidden />}
    </button>
  )
}
