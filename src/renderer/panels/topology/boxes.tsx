import { IconArrowsSplit2, IconCookie, IconDatabase, IconKey, IconPlugConnectedX, IconSpy } from '@tabler/icons-react'
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { storeName } from '../../screens/frame/lab-words.ts'
import { useLab } from '../../state/use-lab.ts'
import { accentOf } from '../../ui/mechanism-tag.tsx'
import { whoAndWhere } from '../clients/names.ts'
import { boxLook } from './box-look.ts'
import { BalancerSettings, StoreSettings, StrategyPicker } from './cluster-settings.tsx'
import { spanWords } from './node-words.ts'
import classes from './topology.module.css'
import { useStoreUse } from './use-store-use.ts'
import type { Box } from './use-topology.ts'

const In = ({ side = Position.Left }: { readonly side?: Position }) => (
  <Handle type="target" position={side} isConnectable={false} className={classes['dot'] ?? ''} />
)
const Out = () => <Handle type="source" position={Position.Right} isConnectable={false} className={classes['dot'] ?? ''} />

/** A client: who, where, mechanism. */
export function ClientBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const { client } = data
  if (!client) return null
  const { who, where } = whoAndWhere(client)
  const Icon = client.mechanism === 'jwt-bearer' ? IconKey : IconCookie
  return (
    <div className={boxLook(data, classes['client'])}>
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
  return (
    <div className={boxLook(data, classes['padded'])}>
      <In />
      <div className={classes['title']}>
        <IconArrowsSplit2 size={15} stroke={1.75} aria-hidden />
        <b>{t('balancer')}</b>
        <span className="sp" />
        <BalancerSettings />
      </div>
      <StrategyPicker />
      <span className="mono dim">:{URL.canParse(balancer.url) ? new URL(balancer.url).port : ''}</span>
      <Out />
    </div>
  )
}

/** The session store that the nodes share. */
export function StoreBox({ data }: NodeProps<Box>) {
  const { t } = useTranslation('topology')
  const cluster = useLab((lab) => lab.cluster)
  const sessions = useLab((lab) => lab.sessions.size)
  const way = cluster.revocation
  const { reads, writes, lookUps } = useStoreUse()
  const isGone = cluster.isStoreOut || cluster.storeState === 'unreachable'
  return (
    <div className={boxLook(data, classes['padded'], isGone && classes['down'])}>
      <In side={data.shape === 'tall' ? Position.Right : Position.Left} />
      <div className={classes['title']}>
        <IconDatabase size={15} stroke={1.75} aria-hidden />
        <b>{t('store')}</b>
        <span className="sp" />
        <StoreSettings />
      </div>
      <span className={classes['small']}>{storeName(cluster.store)}</span>
      {isGone ? (
        <span className={classes['state']}>
          <IconPlugConnectedX size={13} stroke={1.75} aria-hidden />
          {t(cluster.isStoreOut ? 'storeOut' : 'storeUnreachable')}
        </span>
      ) : (
        <div className={classes['facts']} title={t('storeHint')}>
          <span>{t('sessions')}</span>
          <span className="sp" />
          <b className="mono ses">{sessions}</b>
        </div>
      )}
      <div className={classes['facts']} title={t('storeUseHint')}>
        <span>{t('storeUse', { reads, writes })}</span>
      </div>
      {(lookUps > 0 || way !== 'none') && (
        <div className={classes['facts']} title={t('lookUpsHint')}>
          <span className="jwt">{t('lookUpsShort', { count: lookUps })}</span>
        </div>
      )}
      {cluster.storeLatencyMs > 0 && (
        <span className={classes['marks']}>{t('mark.latency', { span: spanWords(cluster.storeLatencyMs) })}</span>
      )}
    </div>
  )
}
