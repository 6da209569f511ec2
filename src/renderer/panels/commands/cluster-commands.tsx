import type { SpotlightActionData } from '@mantine/spotlight'
import { useTranslation } from 'react-i18next'
import { STORE_KINDS, STRATEGIES } from '../../../contract/cluster.ts'
import { MAX_NODES, type Node } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { storeName, strategyName } from '../../screens/frame/lab-words.ts'
import { notifyFailure } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import { NODE_ACTIONS, whyNot } from '../topology/node-actions.ts'

const command = (id: string, label: string, act: () => Promise<unknown>): SpotlightActionData => ({
  id,
  label,
  onClick: () => void act().catch(notifyFailure),
})

/** What can be done to each node now. */
export function useNodeCommands(): SpotlightActionData[] {
  const { t } = useTranslation('commands')
  const nodes = useLab((lab) => lab.nodes)
  const settingsOf = ({ id, jwksFrozen, hasOwnCookieSecret }: Node): SpotlightActionData[] => [
    command(`freeze-${id}`, t(jwksFrozen ? 'node.unfreeze' : 'node.freeze', { node: id }), () =>
      api.nodes.change({ id, jwksFrozen: !jwksFrozen }),
    ),
    command(`secret-${id}`, t(hasOwnCookieSecret ? 'node.sharedSecret' : 'node.ownSecret', { node: id }), () =>
      api.nodes.change({ id, ownCookieSecret: !hasOwnCookieSecret }),
    ),
  ]
  return nodes.flatMap((node) => [
    ...NODE_ACTIONS.filter((action) => whyNot(action, node, nodes.length) === null).map((action) =>
      command(`${action}-${node.id}`, t(`node.${action}`, { node: node.id }), () => api.nodes[action]({ id: node.id })),
    ),
    ...(node.url === null ? settingsOf(node) : []),
  ])
}

/** What can be done to balancer and store now. */
export function useClusterCommands(): SpotlightActionData[] {
  const { t } = useTranslation('commands')
  const nodes = useLab((lab) => lab.nodes.length)
  const { strategy, store, isStoreOut, canStartRedis } = useLab((lab) => lab.cluster)
  const stores = STORE_KINDS.filter((kind) => kind !== store && (kind !== 'redis' || canStartRedis))
  return [
    ...(nodes < MAX_NODES ? [command('add-node', t('cluster.addNode'), () => api.nodes.add())] : []),
    ...STRATEGIES.filter((name) => name !== strategy).map((name) =>
      command(`strategy-${name}`, t('cluster.strategy', { strategy: strategyName(name) }), () => api.cluster.change({ strategy: name })),
    ),
    ...stores.map((kind) =>
      command(`store-${kind}`, t('cluster.store', { store: storeName(kind) }), () => api.cluster.change({ store: kind })),
    ),
    command('rotate-key', t('cluster.rotateKey'), () => api.keys.rotate({})),
    command('store-out', t(isStoreOut ? 'cluster.reconnect' : 'cluster.cutOff'), () => api.cluster.change({ storeOut: !isStoreOut })),
  ]
}
