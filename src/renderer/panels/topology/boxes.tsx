import { IconArrowsSplit2, IconCookie, IconDatabase, IconKey, IconSpy } from '@tabler/icons-react'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { storeName, strategyName } from '../../screens/frame/lab-words.ts'
import { clockTime, labTimeWas } from '../../state/lab-time.ts'
import { useLab } from '../../state/use-lab.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { whoAndWhere } from '../clients/names.ts'
import { NodePower } from './node-power.tsx'
import classes from './topology.module.css'
import type { Box, BoxData } from './use-topology.ts'

const In = () => <Handle type="target" position={Position.Left} isConnectable={false} className={classes['dot'] ?? ''} />
const Out = () => <Handle type="source" position={Position.Right} isConnectable={false} className={classes['dot'] ?? ''} />

const look = ({ isHot, isLit, accent }: BoxData, ...more: (string | undefined | false)[]): string =>
  [classes['box'], isHot && `${classes['hot']} ${accent}`, isLit && classes['lit'], ...more].filter(Boolean).join(' ')

/** A client: who, where, mechanism. */
export function ClientBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const { client } = data
  if (!client) return null
  const { who, where } = whoAndWhere(client)
  const Icon = client.mechanism === 'jwt-bearer' ? IconKey : IconCookie
  return (
    <div className={look(data, classes['client'])}>
      <span className={client.isAttacker ? 'av mal' : 'av'} aria-hidden>
        {client.isAttacker ? <IconSpy size={14} stroke={1.75} /> : (who[0] ?? '').toUpperCase()}
      </span>
      <span className={classes['who']}>
        <b className="trunc">{who}</b>
        <span className="trunc">{client.isAttacker ? t('attacker') : where}</span>
      </span>
      <span className={`${classes['mechanism']} ${accentOf(client.mechanism)}`}>
        <Icon size={14} stroke={1.75} aria-hidden />
      </span>
      <Out />
    </div>
  )
}

/** The balancer and its strategy. */
export function BalancerBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const balancer = useLab((lab) => lab.balancer)
  const strategy = useLab((lab) => lab.cluster.strategy)
  return (
    <div className={look(data, classes['padded'])}>
      <In />
      <div className={classes['title']}>
        <IconArrowsSplit2 size={15} stroke={1.75} aria-hidden />
        <b>{t('balancer')}</b>
      </div>
      <span>{strategyName(strategy)}</span>
      <span className="mono dim">:{URL.canParse(balancer.url) ? new URL(balancer.url).port : ''}</span>
      <Out />
    </div>
  )
}

/** A node: whether it is up, its port and key, and what it measured. */
export function NodeBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const { node } = data
  const clock = useLab((lab) => lab.clock)
  if (!node) return null
  const isUp = node.state === 'up'
  return (
    <div className={look(data, classes['padded'], !isUp && classes['down'])}>
      <In />
      <div className={classes['title']}>
        <i className={isUp ? classes['up'] : classes['off']} aria-hidden />
        <b>{node.id}</b>
        {node.port !== null && <span className="mono dim">:{node.port}</span>}
        <span className="sp" />
        <NodePower node={node} />
      </div>
      <div className={classes['facts']}>
        <span className="kb" title={t('keyHint', { kid: node.signingKeyId })}>
          <IconKey size={11} stroke={2} aria-hidden />
          <span className="trunc">{node.signingKeyId}</span>
        </span>
        <span className="dim">{t('signs')}</span>
      </div>
      <div className={classes['facts']}>
        {isUp ? (
          <>
            <span>{t('requests', { count: node.requests })}</span>
            {node.p50Ms !== null && <span>{t('p50', { ms: node.p50Ms.toFixed(1) })}</span>}
          </>
        ) : (
          <span>
            {node.downSince === null ? t(`state.${node.state}`) : t('downSince', { time: clockTime(labTimeWas(clock, node.downSince)) })}
          </span>
        )}
      </div>
      <Out />
    </div>
  )
}

/** The session store that the nodes share. */
export function StoreBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const store = useLab((lab) => lab.cluster.store)
  const sessions = useLab((lab) => lab.sessions.size)
  return (
    <div className={look(data, classes['padded'])}>
      <In />
      <div className={classes['title']}>
        <IconDatabase size={15} stroke={1.75} aria-hidden />
        <b>{t('store')}</b>
      </div>
      <span className={classes['small']}>{storeName(store)}</span>
      <div className={classes['facts']} title={t('storeHint')}>
        <span>{t('sessions')}</span>
        <span className="sp" />
        <b className="mono ses">{sessions}</b>
      </div>
    </div>
  )
}
