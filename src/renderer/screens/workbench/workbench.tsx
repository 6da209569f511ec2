import { InspectorPane } from '../../panels/inspector/inspector-pane.tsx'
import { TrafficPane } from '../../panels/traffic/traffic-pane.tsx'

/** Clients, topology, traffic and inspector side by side. */
export const Workbench = () => (
  <>
    <TrafficPane />
    <InspectorPane />
  </>
)
