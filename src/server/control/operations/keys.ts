import type { KeyRotation } from '../../../contract/keys.ts'
import type { TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import type { LabParts } from '../lab-parts.ts'
import { api } from './implementer.ts'

const frozenNodes = (lab: LabParts): string[] =>
  lab.cluster
    .nodes()
    .filter((node) => node.jwksFrozen)
    .map(({ id }) => id)

async function rotateTokenKey(lab: LabParts, algorithm: TokenAlgorithm, emergency: boolean): Promise<KeyRotation> {
  const { kid, retired } = await lab.keys.rotate({ algorithm, emergency })
  await lab.cluster.setKeys(lab.keys.target)
  lab.note('key-rotated', { kid, alg: algorithm, emergency })
  return {
    ...lab.keys.list(),
    kid,
    retired,
    tokensEnded: emergency && retired.length > 0 ? null : 0,
    sessionsEnded: 0,
    frozenNodes: frozenNodes(lab),
  }
}

async function rotateCookieSecret(lab: LabParts, emergency: boolean): Promise<KeyRotation> {
  // Null when the store cannot tell.
  const live = emergency ? await lab.stores.directory.count().catch(() => null) : 0
  await lab.keys.rotateCookieSecret({ emergency })
  await lab.cluster.setKeys(lab.keys.target)
  lab.note('cookie-secret-rotated', { emergency, sessions: live })
  return { ...lab.keys.list(), kid: null, retired: [], tokensEnded: 0, sessionsEnded: live, frozenNodes: frozenNodes(lab) }
}

async function schedule(lab: LabParts, everySeconds: number | null): Promise<void> {
  if (everySeconds === lab.keys.list().rotation.everySeconds) return
  await lab.keys.schedule(everySeconds)
  await lab.cluster.setKeys(lab.keys.target)
  lab.note('key-schedule-changed', { seconds: everySeconds ?? 0 })
}

/** Operations on the keys of the target. */
export const keys = api.keys.router({
  list: api.keys.list.handler(({ context: { lab } }) => lab.keys.list()),
  rotate: api.keys.rotate.handler(({ context: { lab }, input }) => {
    const { algorithm = lab.keys.algorithm, emergency = false, cookieSecret = false } = input ?? {}
    return cookieSecret ? rotateCookieSecret(lab, emergency) : rotateTokenKey(lab, algorithm, emergency)
  }),
  change: api.keys.change.handler(async ({ context: { lab }, input: { algorithm, rotateEverySeconds } }) => {
    if (rotateEverySeconds !== undefined) await schedule(lab, rotateEverySeconds)
    if (algorithm !== undefined && algorithm !== lab.keys.algorithm) await rotateTokenKey(lab, algorithm, false)
    return lab.keys.list()
  }),
})
