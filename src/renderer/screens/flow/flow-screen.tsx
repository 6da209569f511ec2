import { useTranslation } from 'react-i18next'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { ClientsPane } from '../../panels/clients/clients-pane.tsx'
import { FlowPane } from '../../panels/flow/flow-pane.tsx'
import { useUi } from '../../state/ui-state.ts'

/** The clients beside the flow that their requests light up. */
export function FlowScreen() {
  const { t } = useTranslation('app')
  const isPresenting = useUi((ui) => ui.isPresenting)
  // Of a page that is presented, most of it is for the picture.
  const [id, size, least] = isPresenting ? ['authlab.flow.presented', '200px', '180px'] : ['authlab.flow', '288px', '240px']
  const kept = useDefaultLayout({ id, panelIds: ['clients', 'flow'], onlySaveAfterUserInteractions: true })
  return (
    <Group key={id} orientation="horizontal" defaultLayout={kept.defaultLayout} onLayoutChanged={kept.onLayoutChanged} disableCursor>
      <Panel id="clients" defaultSize={size} minSize={least} maxSize="420px" groupResizeBehavior="preserve-pixel-size">
        <ClientsPane />
      </Panel>
      <Separator className="handle" aria-label={t('resize')} />
      <Panel id="flow" minSize="400px">
        <FlowPane />
      </Panel>
    </Group>
  )
}
