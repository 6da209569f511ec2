import { accounts } from './operations/accounts.ts'
import { assessment } from './operations/assessment.ts'
import { attackerSite } from './operations/attacker-site.ts'
import { audit } from './operations/audit.ts'
import { checkpoints } from './operations/checkpoints.ts'
import { clients } from './operations/clients.ts'
import { clock } from './operations/clock.ts'
import { cluster } from './operations/cluster.ts'
import { comparison } from './operations/comparison.ts'
import { cues } from './operations/cues.ts'
import { denylist } from './operations/denylist.ts'
import { exchanges } from './operations/exchanges.ts'
import { api } from './operations/implementer.ts'
import { keys } from './operations/keys.ts'
import { lab } from './operations/lab.ts'
import { lessons, progress } from './operations/lessons.ts'
import { nodes } from './operations/nodes.ts'
import { oauthClients } from './operations/oauth-clients.ts'
import { refreshFamilies } from './operations/refresh-families.ts'
import { revocations } from './operations/revocations.ts'
import { sessions } from './operations/sessions.ts'
import { tokenInspection } from './operations/token-inspection.ts'
import { tokens } from './operations/tokens.ts'
import { weaknesses } from './operations/weaknesses.ts'

/** The contract, implemented. */
export const router = api.router({
  lab,
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
