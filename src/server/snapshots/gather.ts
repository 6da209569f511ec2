import type { LabParts } from '../control/lab-parts.ts'
import type { SnapshotKeys, SnapshotParts } from './snapshot-parts.ts'

/** What of a lab is not in its databases, as JSON; what was under way in them is written when it resolves. @param withSecrets keys null without */
export async function gatherText(lab: LabParts, withSecrets: boolean): Promise<{ parts: string; keys: string | null }> {
  await lab.cluster.flush()
  // Exchanges that have ended are waited for; then what is known of their credentials is written, and before this is answered.
  await lab.recorder.list({ limit: 1 })
  lab.credentials.flush()
  await lab.recorder.summaries({ limit: 1 })
  const plans = await lab.cluster.plans()
  const held = await lab.clients.held()
  const { isOn, capacity } = lab.recorder.recording()
  const cluster = lab.settings.kept()
  const isRemote = lab.cluster.nodes().some(({ url }) => url !== null)
  const parts: SnapshotParts = {
    clock: { labTime: lab.clock.nowMs(), isPaused: lab.clock.isPaused },
    cluster,
    nodes: plans.map(({ keys, memory, ...node }) => ({ ...node, memory: withSecrets ? memory : null })),
    clients: held.map(({ cookies, vault, discarded, ...client }) =>
      withSecrets
        ? { ...client, cookies: [...cookies], vault: [...vault], discarded: [...discarded] }
        : { ...client, cookies: [], vault: [], discarded: [] },
    ),
    recording: { isOn, capacity },
    leftOut: [...(cluster.store === 'redis' ? (['redis'] as const) : []), ...(isRemote ? (['remote-nodes'] as const) : [])],
  }
  const nodes = plans.flatMap(({ id, keys }) => (keys?.frozen || keys?.ownCookieSecret ? [{ id, ...keys }] : []))
  const keys = { records: JSON.stringify(lab.keys.records), nodes }
  return { parts: JSON.stringify(parts), keys: withSecrets ? JSON.stringify(keys satisfies KeptKeys) : null }
}

/** The same as {@link SnapshotKeys}, of which a node's keys are read-only here. */
type KeptKeys = { readonly records: string; readonly nodes: readonly Readonly<Record<keyof SnapshotKeys['nodes'][number], unknown>>[] }
