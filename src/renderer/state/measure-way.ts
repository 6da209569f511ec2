import { decodeCompactJwt } from '../../protocol/jwt.ts'
import { api } from '../api.ts'
import { SETTABLE_WAYS, type SettableWay } from './settable-ways.ts'
import { currentLab } from './use-lab.ts'

/** Requests with the revoked token; more than there are nodes in a usual lab, so that each is asked. */
const CALLS_AFTER = 6
const NAME = 'Stopwatch'

/** The account that a measurement logs in as: the attacker's, since two of the ways end every token of the account. */
const accountOf = (): string =>
  currentLab().clients.find(({ isAttacker }) => isAttacker)?.account ?? currentLab().accounts.at(-1)?.name ?? ''

async function jtiOf(client: string): Promise<string> {
  const held = (await api.clients.list()).find(({ id }) => id === client)
  const token = held?.vault.findLast(({ kind }) => kind === 'access')?.token ?? ''
  const decoded = decodeCompactJwt(token)
  const jti = decoded.isWellFormed ? decoded.payload['jti'] : undefined
  if (typeof jti !== 'string') throw new Error(`${NAME} could not log in as ${accountOf()}: its request in the traffic says why.`)
  return jti
}

/**
 * Measures one way of revocation for real: a client of its own logs in, calls, has its token revoked and goes on calling. The way that was in
 * force before is in force again afterwards. Resolves to the id of the revocation, whose stopwatch is the result.
 * @throws Error when the client cannot log in
 */
export async function measureWay(way: SettableWay): Promise<string> {
  const { revocation } = currentLab().cluster
  const before = SETTABLE_WAYS.find((each) => each === revocation) ?? way
  if (way !== before) await api.cluster.change({ revocation: way })
  const { id } = await api.clients.add({ name: NAME, account: accountOf(), mechanism: 'jwt-bearer' })
  try {
    await api.clients.login({ id })
    const jti = await jtiOf(id)
    await api.clients.request({ id, path: '/me' })
    const revoked = await api.tokens.revoke({ jti })
    for (let call = 0; call < CALLS_AFTER; call += 1) await api.clients.request({ id, path: '/me' })
    return revoked.id
  } finally {
    await api.clients.remove({ id })
    if (way !== before) await api.cluster.change({ revocation: before })
  }
}
