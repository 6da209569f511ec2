import { IconArrowsMaximize, IconLayoutList, IconMinus, IconPlus, IconSchema } from '@tabler/icons-react'
import { ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { storeName } from '../../screens/frame/lab-words.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { AddNode, AddNodeByUrl } from './add-node.tsx'
import { StoreSettings } from './cluster-settings.tsx'
import { CredentialSettings } from './credential-settings.tsx'
import classes from './topology.module.css'
import { TopologyGraph } from './topology-graph.tsx'
import { TopologyList } from './topology-list.tsx'
import { useFit } from './use-fit.ts'

function Legend() {
  const { t } = useTranslation('topology')
  const store = useLab((lab) => lab.cluster.store)
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
        <span className="trunc">{t(store === 'memory' ? 'legendMemory' : 'legendSession')}</span>
      </span>
      <span className="jwt">
        <i className={classes['stroke']} />
        <span className="trunc">{t('legendJwt')}</span>
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

/** Where requests go: clients, balancer, nodes, store; as a picture or as a list. */
export function TopologyPane() {
  const { t } = useTranslation('topology')
  const view = useUi((ui) => ui.topologyView)
  const { store, isRolling } = useLab((lab) => lab.cluster)
  const other = view === 'graph' ? 'list' : 'graph'
  const Other = other === 'list' ? IconLayoutList : IconSchema
  return (
    <section className="pane" aria-label={t('title')}>
      <div className="ph">
        <h2>{t('title')}</h2>
        {isRolling && (
          <span className="tagn" role="status">
            {t('rolling')}
          </span>
        )}
        <span className="sp" />
        <CredentialSettings />
        <StoreSettings words={storeName(store)} />
        <AddNode />
        <AddNodeByUrl />
        <button type="button" className="btn sm" aria-label={t(other)} title={t(other)} onClick={() => setUi({ topologyView: other })}>
          <Other size={14} stroke={1.75} aria-hidden />
        </button>
      </div>
      {view === 'list' ? (
        <TopologyList />
      ) : (
        <ReactFlowProvider>
          <TopologyGraph />
          <Legend />
        </ReactFlowProvider>
      )}
    </section>
  )
}
