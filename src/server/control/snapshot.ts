import type { Clock } from '../../contract/clock.ts'
import type { LabState } from '../../contract/lab.ts'
import type { LabClock } from '../clock.ts'
import type { LabParts } from './lab-parts.ts'

const NEWEST = 500

/** The lab clock as the contract shows it. */
export const readClock = (clock: LabClock): Clock => ({
  offsetMs: clock.offsetMs,
  isPaused: clock.isPaused,
  labTime: clock.nowMs(),
  realTime: Date.now(),
})

/** The whole state. Its `seq` is read first, so that no change can fall between the state and the events that follow it. */
export async function readState(lab: LabParts): Promise<LabState> {
  const seq = lab.log.seq
  await lab.cluster.flush()
  const [clients, exchanges, sessions] = await Promise.all([
    lab.clients.list(),
    lab.recorder.summaries({ limit: NEWEST }),
    // A store that does not answer shows none; the state says so beside.
    lab.stores.directory.list({ limit: NEWEST }).catch(() => []),
  ])
  return {
    seq,
    version: lab.version,
    mode: lab.mode,
    balancer: { url: lab.balancerUrl, portalUrl: lab.portalUrl },
    cluster: lab.settings.state(),
    clock: readClock(lab.clock),
    keyring: lab.keys.list(),
    recording: lab.recorder.recording(),
    nodes: lab.cluster.nodes(),
    clients,
    accounts: lab.accounts.list(),
    sessions,
    exchanges,
    actions: lab.recorder.actions(),
    revocations: lab.credentials.revocations(),
    notices: [...lab.notices],
    lesson: lab.lessons.current(),
    attackerSite: lab.attackerSite.state(),
    weaknesses: lab.weaknesses.state(),
  }
}
