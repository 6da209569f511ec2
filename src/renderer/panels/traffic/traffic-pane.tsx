/** Placeholder until the traffic pane is there. */
export const TrafficPane = () => <section className="pane" aria-label="Traffic" />
