import type { ListName } from '../../contract/events.ts'
import type { Notice, OperatorAction } from '../../contract/lab.ts'
import type { AttackerSite } from '../attacker/attacker-site.ts'
import type { ClientPool } from '../clients/client-pool.ts'
import type { LabClock } from '../clock.ts'
import type { LiveSettings } from '../cluster/live-settings.ts'
import type { Cluster } from '../cluster/running-cluster.ts'
import type { SessionStores } from '../cluster/session-stores.ts'
import type { Weaknesses } from '../cluster/weaknesses.ts'
import type { CredentialWatch } from '../credentials/credential-watch.ts'
import type { KeyDuty } from '../key-duty.ts'
import type { LabKeys } from '../lab-keys.ts'
import type { LabSnapshots } from '../snapshots/lab-snapshots.ts'
import type { AccountRows } from '../storage/account-rows.ts'
import type { Comparisons } from '../teaching/comparison/comparisons.ts'
import type { LessonPlayer } from '../teaching/lesson-player.ts'
import type { Recorder } from '../traffic/recorder.ts'
import type { EventLog } from './event-log.ts'

/** What the control plane commands. */
export interface LabParts {
  readonly version: string
  readonly mode: 'desktop' | 'browser' | 'headless'
  readonly balancerUrl: string
  readonly portalUrl: string
  /** Of a fresh lab. */
  readonly captureCapacity: number
  readonly notices: readonly Notice[]
  readonly clock: LabClock
  readonly recorder: Recorder
  readonly cluster: Cluster
  readonly settings: LiveSettings
  readonly weaknesses: Weaknesses
  readonly clients: ClientPool
  readonly stores: SessionStores
  readonly accounts: AccountRows
  readonly credentials: CredentialWatch
  readonly log: EventLog
  readonly keys: LabKeys
  /** One for all labs of this process. */
  readonly lessons: LessonPlayer
  /** One for all labs of this process. */
  readonly comparisons: Comparisons
  /** Of the operator's lab; one for all labs of this process. */
  readonly snapshots: LabSnapshots
  /** One for all labs of this process. */
  readonly attackerSite: AttackerSite
  readonly keyDuty: KeyDuty
  /** Remembers how many exchanges to keep for the next start. */
  keepCapacity(capacity: number): void
  /** Lists that are not part of the state have changed. */
  stale(lists: readonly ListName[]): void
  /** Puts an operator's action into the traffic. */
  note(action: OperatorAction['action'], params?: OperatorAction['params']): void
}
