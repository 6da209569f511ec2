import type { Exchange, HeaderPairs } from '../../../../../contract/exchanges.ts'
import { api } from '../../../../api.ts'
import type { FoundCredential } from '../find-credential.ts'

/** What belongs to the message that was recorded, and not to one with another credential. */
const LEFT_OUT = new Set(['authorization', 'cookie', 'content-type', 'content-length', 'origin'])

/** A credential as it came over the wire, in the exchange that carried it. */
export interface Carried {
  readonly exchange: Exchange
  readonly credential: FoundCredential
}

/** The header that carries a credential of this kind to the server. */
function carrierOf({ credential }: Carried, value: string): [string, string] {
  if (credential.kind === 'session') return ['Cookie', `${credential.name}=${value}`]
  const isCookie = credential.carrier === 'Cookie' || credential.carrier === 'Set-Cookie'
  return isCookie ? ['Cookie', `${credential.cookieName}=${value}`] : ['Authorization', `Bearer ${value}`]
}

/**
 * Sends a GET with another value in the place of the credential, in a client's name. No jar takes anything from the answer.
 * @param client its id; null: whoever sent the exchange
 * @returns the exchange's id; null when the lab records nothing
 */
export async function sendCredential(carried: Carried, value: string, client: string | null, path: string): Promise<string | null> {
  const { exchange } = carried
  const others: HeaderPairs = exchange.request.headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()))
  const { exchanges } = await api.exchanges.replay({
    id: exchange.id,
    ...(client === null ? {} : { client }),
    method: 'GET',
    path,
    headers: [...others, carrierOf(carried, value)],
    body: '',
  })
  return exchanges.at(-1) ?? null
}
