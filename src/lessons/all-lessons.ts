import type { LessonInput } from '../contract/lessons/lesson.ts'
import { changingPermissions } from './changing-permissions.ts'
import { forceOffline } from './force-offline.ts'
import { keyRotation } from './key-rotation.ts'
import { logOutReally } from './log-out-really.ts'
import { manyDevices } from './many-devices.ts'
import { oneRequestBothWays } from './one-request-both-ways.ts'
import { refreshTheft } from './refresh-theft.ts'
import { sessionInACluster } from './session-in-a-cluster.ts'
import { sharedStore } from './shared-store.ts'
import { tokenInACluster } from './token-in-a-cluster.ts'
import { whatAJwtIs } from './what-a-jwt-is.ts'
import { whatASessionIs } from './what-a-session-is.ts'
import { whereToKeepAToken } from './where-to-keep-a-token.ts'

/** The lessons that come with the lab, in the order in which they build on each other. */
export const LESSONS: readonly LessonInput[] = [
  whatASessionIs,
  whatAJwtIs,
  oneRequestBothWays,
  logOutReally,
  forceOffline,
  sessionInACluster,
  sharedStore,
  tokenInACluster,
  keyRotation,
  manyDevices,
  refreshTheft,
  whereToKeepAToken,
  changingPermissions,
]
