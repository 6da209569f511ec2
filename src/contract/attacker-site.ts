import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Schema of the attacker's page: off unless a lesson or the operator has switched it on. */
export const AttackerSite = z.object({
  /** A page of another site than the portal's, at `evil.localhost`; null while it is off. */
  url: z.string().nullable(),
  /** The same page at `evil.app.localhost`: another origin of the same site, to which `SameSite` is no obstacle; null while it is off. */
  siblingUrl: z.string().nullable(),
})
/** The attacker's page. */
export type AttackerSite = z.infer<typeof AttackerSite>

/** Operations on the attacker's page. */
export const attackerSite = {
  get: oc
    .route({ method: 'GET', path: '/attacker-site', summary: 'The page that plays an attacker, on a site of its own' })
    .output(AttackerSite),
  set: oc
    .route({ method: 'PUT', path: '/attacker-site', summary: 'Serve it on a port of its own, or no longer' })
    .input(z.strictObject({ on: z.boolean() }))
    .output(AttackerSite),
}
