import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { ClientsPane } from '../../panels/clients/clients-pane.tsx'
import { InspectorPane } from '../../panels/inspector/inspector-pane.tsx'
import { NewestStopwatch } from '../../panels/revocation/newest-stopwatch.tsx'
import { TopologyPane } from '../../panels/topology/topology-pane.tsx'
import { TrafficPane } from '../../panels/traffic/traffic-pane.tsx'
import { useUi } from '../../state/ui-state.ts'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import classes from './workbench.module.css'

const WideInspector = lazy(() => import('../../panels/inspector/wide-inspector.tsx').then((module) => ({ default: module.WideInspector })))

/** A pane that cannot be drawn says so in its own place; the others go on. */
function Guarded({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('app')
  return (
    <ErrorBoundary
      fallback={(retry) => (
        <div className={classes['failed']} role="alert">
          <b>{t('paneFailed')}</b>
          <p>{t('paneFailedDo')}</p>
          <button type="button" className="btn" onClick={retry}>
            {t('retry')}
          </button>
        </div>
      )}
    >
      {children}
    </ErrorBoundary>
  )
}

function Middle() {
  const { t } = useTranslation('app')
  const isPresenting = useUi((ui) => ui.isPresenting)
  const id = isPresenting ? 'authlab.presented.middle' : 'authlab.middle'
  const kept = useDefaultLayout({ id, panelIds: ['topology', 'traffic'], onlySaveAfterUserInteractions: true })
  return (
    <Group key={id} orientation="vertical" defaultLayout={kept.defaultLayout} onLayoutChanged={kept.onLayoutChanged} disableCursor>
      <Panel id="topology" defaultSize={isPresenting ? '53%' : '44%'} minSize="120px">
        <Guarded>
          <TopologyPane />
        </Guarded>
      </Panel>
      <Separator className="handle h" aria-label={t('resize')} />
      <Panel id="traffic" minSize="160px">
        <Guarded>
          <div className={classes['traffic']}>
            <NewestStopwatch />
            <TrafficPane />
          </div>
        </Guarded>
      </Panel>
    </Group>
  )
}

/** Of a page that is presented: most of it is for the picture and the traffic. */
const presentedSizes = (pageWidth: number): readonly [clients: string, inspector: string] =>
  pageWidth > 1100 ? ['208px', '332px'] : ['200px', '290px']

const startingSizes = (pageWidth: number): readonly [clients: string, inspector: string] => {
  if (pageWidth <= 1200) return ['250px', '320px']
  return pageWidth <= 1380 ? ['268px', '360px'] : ['288px', '376px']
}

/** Clients, topology, traffic and inspector side by side; the sizes stay on this computer. */
function Panes() {
  const { t } = useTranslation('app')
  const hasInspector = useUi((ui) => ui.isInspectorOpen)
  const panelIds = hasInspector ? ['clients', 'middle', 'inspector'] : ['clients', 'middle']
  const isPresenting = useUi((ui) => ui.isPresenting)
  const scale = useUi((ui) => ui.presenterScale)
  const id = isPresenting ? `authlab.presented.${scale}` : 'authlab.workbench'
  const kept = useDefaultLayout({ id, panelIds, onlySaveAfterUserInteractions: true })
  const [clientsSize, inspectorSize] = isPresenting ? presentedSizes((window.innerWidth / scale) * 100) : startingSizes(window.innerWidth)
  return (
    <Group key={id} orientation="horizontal" defaultLayout={kept.defaultLayout} onLayoutChanged={kept.onLayoutChanged} disableCursor>
      <Panel
        id="clients"
        defaultSize={clientsSize}
        minSize={isPresenting ? '180px' : '240px'}
        maxSize="420px"
        groupResizeBehavior="preserve-pixel-size"
      >
        <Guarded>
          <ClientsPane />
        </Guarded>
      </Panel>
      <Separator className="handle" aria-label={t('resize')} />
      <Panel id="middle" minSize={isPresenting ? '340px' : '400px'}>
        <Middle />
      </Panel>
      {hasInspector && (
        <>
          <Separator className="handle" aria-label={t('resize')} />
          <Panel
            id="inspector"
            defaultSize={inspectorSize}
            minSize={isPresenting ? '240px' : '300px'}
            maxSize="640px"
            groupResizeBehavior="preserve-pixel-size"
          >
            <Guarded>
              <InspectorPane />
            </Guarded>
          </Panel>
        </>
      )}
    </Group>
  )
}

/** Everything at once, or one request on the whole screen. */
export function Workbench() {
  const isWide = useUi((ui) => ui.isInspectorWide)
  if (!isWide) return <Panes />
  return (
    <Guarded>
      <Suspense fallback={null}>
        <WideInspector />
      </Suspense>
    </Guarded>
  )
}
