/** Placeholder until the inspector is there. */
export const InspectorPane = () => <section className="pane" aria-label="Inspector" />
