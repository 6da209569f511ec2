import { IconLayoutList, IconSchema } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { storeName } from '../../screens/frame/lab-words.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { AddNode, AddNodeByUrl } from './add-node.tsx'
import { StoreSettings } from './cluster-settings.tsx'
import { CredentialSettings } from './credential-settings.tsx'
import { TopologyList } from './topology-list.tsx'

// The library that draws it is large; everything else of the page comes first.
const TopologyPicture = lazy(async () => ({ default: (await import('./topology-picture.tsx')).TopologyPicture }))

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
        <Suspense fallback={null}>
          <TopologyPicture />
        </Suspense>
      )}
    </section>
  )
}
