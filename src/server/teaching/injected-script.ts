import type { Client } from '../../contract/clients.ts'
import type { Exchange } from '../../contract/exchanges.ts'
import type { Weakness } from '../../contract/weaknesses.ts'
import { LabError } from '../errors.ts'
import { headerValues } from './exchange-facts.ts'

/** A script element, or an element with an event handler: what is left of it once it is escaped begins with no `<`. */
const SCRIPT = /<script\b|<[a-z][^>]*\son[a-z]+\s*=/i

/** Whether a page that shows this answer runs what script stands in it: markup is there as markup, and no policy is in the way (CSP). */
function runsScript({ response }: Exchange): boolean {
  const isHtml = headerValues(response, 'content-type').some((type) => type.startsWith('text/html'))
  const policies = headerValues(response, 'content-security-policy')
  const directives = policies.flatMap((policy) => policy.split(';').filter((directive) => /^\s*script-src\s/.test(directive)))
  return isHtml && SCRIPT.test(response.body) && directives.every((directive) => directive.includes("'unsafe-inline'"))
}

/** What a script of the client's page can read of its credential: a cookie with `HttpOnly` is not in it (RFC 6265 §4.1.2.6). */
function readable(client: Client, weaknesses: readonly Weakness[]): string {
  if (client.mechanism !== 'jwt-bearer')
    return client.cookies
      .filter(({ isHttpOnly }) => !isHttpOnly)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  if (!weaknesses.some(({ id, isOn }) => id === 'token-in-web-storage' && isOn))
    throw new LabError('conflict', 'The portal keeps no token while the weakness token-in-web-storage is off: switch it on first.')
  return client.vault.findLast(({ kind }) => kind === 'access')?.token ?? ''
}

/** The transfer that the script of a memo sends from this client's page, in its name; null when the page runs no script of this answer. */
export function scriptedTransfer(page: Exchange, client: Client, weaknesses: readonly Weakness[]) {
  if (!runsScript(page)) return null
  const transfer = { to: 'mallory', amountCents: 1, memo: readable(client, weaknesses) }
  return { method: 'POST', path: '/transfer', body: JSON.stringify(transfer) }
}
