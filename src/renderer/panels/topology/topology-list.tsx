import { useTranslation } from 'react-i18next'
import { storeName, strategyName } from '../../screens/frame/lab-words.ts'
import { clockTime, labTimeWas } from '../../state/lab-time.ts'
import { useUi } from '../../state/ui-state.ts'
import { useLab, useSummary } from '../../state/use-lab.ts'
import { MechanismTag } from '../../ui/mechanism-tag.tsx'
import { NodePower } from './node-power.tsx'
import classes from './topology.module.css'

/** The same as the picture, in words and in reading order. */
export function TopologyList() {
  const { t } = useTranslation('topology')
  const { t: words } = useTranslation('clients')
  const clients = useLab((lab) => lab.clients)
  const nodes = useLab((lab) => lab.nodes)
  const balancer = useLab((lab) => lab.balancer)
  const clock = useLab((lab) => lab.clock)
  const { store, strategy } = useLab((lab) => lab.cluster)
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
          <b>{strategyName(strategy)}</b>
          <span className="mono dim">{balancer.url}</span>
        </li>
      </ul>
      <h3 className="eyb">{t('nodes')}</h3>
      <ul>
        {nodes.map((node) => (
          <li key={node.id}>
            <b>{node.id}</b>
            <span>{t(`state.${node.state}`)}</span>
            {node.port !== null && <span className="mono dim">:{node.port}</span>}
            <span className="mono dim trunc">{node.signingKeyId}</span>
            <span>{t('requests', { count: node.requests })}</span>
            <span>{node.p50Ms === null ? t('noP50') : t('p50', { ms: node.p50Ms.toFixed(1) })}</span>
            {node.downSince !== null && <span>{t('downSince', { time: clockTime(labTimeWas(clock, node.downSince)) })}</span>}
            {mark(selected?.node === node.id)}
            <span className="sp" />
            <NodePower node={node} />
          </li>
        ))}
      </ul>
      <h3 className="eyb">{t('store')}</h3>
      <ul>
        <li>
          <b>{storeName(store)}</b>
          <span>
            {t('sessions')} {sessions}
          </span>
        </li>
      </ul>
    </div>
  )
}
