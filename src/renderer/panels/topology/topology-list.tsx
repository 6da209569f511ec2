import { IconPinFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Node } from '../../../contract/nodes.ts'
import { sayList } from '../../i18n/say.ts'
import { storeName } from '../../screens/frame/lab-words.ts'
import { useUi } from '../../state/ui-state.ts'
import { useLab, useSummary } from '../../state/use-lab.ts'
import { MechanismTag } from '../../ui/mechanism-tag.tsx'
import { BalancerSettings, StoreSettings, StrategyPicker } from './cluster-settings.tsx'
import { NodePower } from './node-power.tsx'
import { NodeSettings } from './node-settings.tsx'
import { addressOf, cpuWords, keyName, marksOf, memoryWords, msWords, pinsOf, spanWords, stateWords } from './node-words.ts'
import shared from './topology.module.css'
import classes from './topology-list.module.css'
import { useStoreUse } from './use-store-use.ts'

interface NodeRowProps {
  readonly node: Node
  readonly pins: readonly string[]
  readonly path: ReactNode
}

function NodeRow({ node, pins, path }: NodeRowProps) {
  const { t } = useTranslation('topology')
  const clock = useLab((lab) => lab.clock)
  const figures = [
    t('requests', { count: node.requests }),
    node.p50Ms === null ? t('noP50') : t('percentiles', { p50: msWords(node.p50Ms), p95: msWords(node.p95Ms ?? 0) }),
    t('open', { count: node.inFlight }),
    memoryWords(node),
    cpuWords(node),
    node.sessions === null ? null : t('ownSessions', { count: node.sessions }),
    node.revocationReads === 0 ? null : t('lookUps', { count: node.revocationReads }),
  ]
  return (
    <li className={classes['nodeRow']}>
      <div>
        <b>{node.id}</b>
        <span>{stateWords(node, clock)}</span>
        <span className="mono dim">{addressOf(node)}</span>
        <span className="mono dim" title={node.verifyingKeyIds.join(' ')}>
          {keyName(node.signingKeyId)}
        </span>
        {figures
          .filter((words) => words !== null)
          .map((words) => (
            <span key={words}>{words}</span>
          ))}
        {marksOf(node).map((mark) => (
          <span key={mark} className="tagn">
            {mark}
          </span>
        ))}
        {pins.length > 0 && (
          <span className={`${shared['pin']} ${classes['pin']}`} title={t('pinHint', { names: pins.join(', ') })}>
            <IconPinFilled size={11} aria-hidden />
            {t('pinned')} {sayList(pins)}
          </span>
        )}
        {path}
      </div>
      <NodePower node={node} />
      <NodeSettings node={node} />
    </li>
  )
}

/** The same as the picture, in words and in reading order. */
export function TopologyList() {
  const { t } = useTranslation('topology')
  const { t: words } = useTranslation('clients')
  const clients = useLab((lab) => lab.clients)
  const nodes = useLab((lab) => lab.nodes)
  const balancer = useLab((lab) => lab.balancer)
  const cluster = useLab((lab) => lab.cluster)
  const { reads, writes, lookUps } = useStoreUse()
  const pins = pinsOf(clients, cluster.strategy)
  const sessions = useLab((lab) => lab.sessions.size)
  const selected = useSummary(useUi((ui) => ui.selectedExchange))
  const mark = (isOn: boolean) => isOn && selected && <span className="tagn">{t('path', { seq: `#${selected.seq}` })}</span>
  return (
    <div className={`${classes['list']} scroll`}>
      <h3 className="eyb">{t('clients')}</h3>
      <ul>
        {clients.map(({ id, name, account, mechanism }) => (
          <li key={id}>
            <b>{name}</b>
            <span className="dim">{account}</span>
            <MechanismTag mechanism={mechanism} label={words(`mechanismName.${mechanism}`)} />
            {mark(selected?.client === id)}
          </li>
        ))}
      </ul>
      <h3 className="eyb">{t('balancer')}</h3>
      <ul>
        <li>
          <StrategyPicker />
          <span className="mono dim">{balancer.url}</span>
          <span>{t('leewayShort', { seconds: cluster.leewaySeconds })}</span>
          <span className="sp" />
          <BalancerSettings />
        </li>
      </ul>
      <h3 className="eyb">{t('nodes')}</h3>
      <ul>
        {nodes.map((node) => (
          <NodeRow key={node.id} node={node} pins={pins.get(node.id) ?? []} path={mark(selected?.node === node.id)} />
        ))}
      </ul>
      <h3 className="eyb">{t('store')}</h3>
      <ul>
        <li>
          <b>{storeName(cluster.store)}</b>
          <span>
            {t('sessions')} {sessions}
          </span>
          <span>{t('storeUse', { reads, writes })}</span>
          <span title={t('lookUpsHint')}>{t('lookUps', { count: lookUps })}</span>
          {cluster.isStoreOut && <span className="tagn">{t('storeOut')}</span>}
          {cluster.storeState === 'unreachable' && <span className="tagn">{t('storeUnreachable')}</span>}
          {cluster.storeLatencyMs > 0 && <span className="tagn">{t('mark.latency', { span: spanWords(cluster.storeLatencyMs) })}</span>}
          <span className="sp" />
          <StoreSettings />
        </li>
      </ul>
    </div>
  )
}
