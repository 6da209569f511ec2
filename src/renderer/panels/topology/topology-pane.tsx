/** Where requests go: clients, balancer, nodes, store. */
export const TopologyPane = () => <section className="pane" />
