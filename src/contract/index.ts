import { oc } from '@orpc/contract'
import { accounts } from './accounts.ts'
import { assessment } from './assessment.ts'
import { attackerSite } from './attacker-site.ts'
import { audit } from './audit.ts'
import { clients } from './clients.ts'
import { clock } from './clock.ts'
import { cluster } from './cluster.ts'
import { comparison } from './comparison.ts'
import { cues } from './cues.ts'
import { denylist } from './denylist.ts'
import { events } from './events.ts'
import { exchanges } from './exchanges.ts'
import { keys } from './keys.ts'
import { lab } from './lab.ts'
import { lessons, progress } from './lessons.ts'
import { nodes } from './nodes.ts'
import { oauthClients } from './oauth-clients.ts'
import { refreshFamilies } from './refresh-families.ts'
import { revocations } from './revocations.ts'
import { sessions } from './sessions.ts'
import { checkpoints, snapshot } from './snapshot.ts'
import { tokenInspection } from './token-inspection.ts'
import { tokens } from './tokens.ts'
import { weaknesses } from './weaknesses.ts'

/** The whole control API: server, client, validation and OpenAPI document come from this one value. */
export const contract = oc.router({
  lab,
  events,
  clients,
  exchanges,
  sessions,
  refreshFamilies,
  oauthClients,
  tokens,
  revocations,
  denylist,
  accounts,
  nodes,
  cluster,
  keys,
  clock,
  tokenInspection,
  snapshot,
  checkpoints,
  cues,
  lessons,
  progress,
  assessment,
  attackerSite,
  weaknesses,
  audit,
  comparison,
})

/** Base path of the control API on the control port. */
export const API_BASE = '/lab/api'
