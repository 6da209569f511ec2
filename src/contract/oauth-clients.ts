import { oc } from '@orpc/contract'
import { z } from 'zod'

/** The confidential client that resource servers ask about tokens with (RFC 7662 §2.1). */
export const RESOURCE_SERVER = 'resource-server'

/** Schema of a confidential client of the authorization server (RFC 6749 §2.1), as its operator sees it. */
export const OAuthClient = z.object({
  /** Its `client_id`. */
  id: z.string(),
  /** 32 random octets as base64url; made anew when the lab is reset. */
  secret: z.string(),
  /** One English sentence; the workbench translates by id. */
  purpose: z.string(),
})
/** A confidential client of the authorization server. */
export type OAuthClient = z.infer<typeof OAuthClient>

/** Operations on the clients of the authorization server. */
export const oauthClients = {
  list: oc
    .route({ method: 'GET', path: '/oauth-clients', summary: 'Confidential clients of the authorization server, with their secrets' })
    .output(z.array(OAuthClient)),
}
