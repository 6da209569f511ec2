import { useTranslation } from 'react-i18next'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { ClientsPane } from '../../panels/clients/clients-pane.tsx'
import { FlowPane } from '../../panels/flow/flow-pane.tsx'

/** The clients beside the flow that their requests light up. */
export function FlowScreen() {
  const { t } = useTranslation('app')
  const kept = useDefaultLayout({ id: 'authlab.flow', panelIds: ['clients', 'flow'], onlySaveAfterUserInteractions: true })
  return (
    <Group orientation="horizontal" defaultLayout={kept.defaultLayout} onLayoutChanged={kept.onLayoutChanged} disableCursor>
      <Panel id="clients" defaultSize="288px" minSize="240px" maxSize="420px" groupResizeBehavior="preserve-pixel-size">
        <ClientsPane />
      </Panel>
      <Separator className="handle" aria-label={t('resize')} />
      <Panel id="flow" minSize="400px">
        <FlowPane />
      </Panel>
    </Group>
  )
}
