import { RESOURCE_SERVER } from '../../../contract/oauth-clients.ts'
import { api } from './implementer.ts'

/** Operations on the clients of the authorization server, by its operator. */
export const oauthClients = api.oauthClients.router({
  list: api.oauthClients.list.handler(({ context: { lab } }) => [
    { id: RESOURCE_SERVER, secret: lab.keys.clientSecret, purpose: 'Resource servers ask with it whether a token is active (RFC 7662).' },
  ]),
})
