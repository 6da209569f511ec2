import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react'
import { ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { useLab } from '../../state/use-lab.ts'
import classes from './topology.module.css'
import { TopologyGraph } from './topology-graph.tsx'
import { useFit } from './use-fit.ts'

function Legend() {
  const { t } = useTranslation('topology')
  const store = useLab((lab) => lab.cluster.store)
  const way = useLab((lab) => lab.cluster.revocation)
  const isAccountRead = useLab((lab) => lab.cluster.recheckAccount)
  const jwt = t(`legendJwt.${way}`)
  const { zoomIn, zoomOut } = useReactFlow()
  const showAll = useFit()
  const button = (Icon: typeof IconPlus, words: string, act: () => void) => (
    <button type="button" className="ib" aria-label={words} title={words} onClick={act}>
      <Icon size={15} stroke={1.75} aria-hidden />
    </button>
  )
  return (
    <div className={classes['legend']}>
      <span className="ses">
        <i className={classes['stroke']} />
        <span className="trunc" title={t(store === 'memory' ? 'legendMemory' : 'legendSession')}>
          {t(store === 'memory' ? 'legendMemory' : 'legendSession')}
        </span>
      </span>
      <span className="jwt">
        <i className={classes['stroke']} />
        <span className="trunc" title={`${t(`legendJwtHint.${way}`)}${isAccountRead ? ` ${t('legendAccountHint')}` : ''}`}>
          {isAccountRead ? t('legendAccount', { jwt }) : jwt}
        </span>
      </span>
      <span className={`jwt ${classes['keys']}`}>
        <span className={`kb ${classes['signs']}`}>{t('signs')}</span>
        <span className={`kb ${classes['verifies']}`}>{t('verifies')}</span>
      </span>
      <span className="sp" />
      {button(IconMinus, t('zoomOut'), () => void zoomOut())}
      {button(IconPlus, t('zoomIn'), () => void zoomIn())}
      {button(IconArrowsMaximize, t('fit'), showAll)}
    </div>
  )
}

/** Clients, balancer, nodes and store as boxes, with what their lines mean. */
export function TopologyPicture() {
  return (
    <ReactFlowProvider>
      <TopologyGraph />
      <Legend />
    </ReactFlowProvider>
  )
}
