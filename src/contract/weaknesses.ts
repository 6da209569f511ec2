import { oc } from '@orpc/contract'
import { z } from 'zod'

/** Deliberate flaws of the target, each a naive variant beside the sound code. Another one joins here and in `target/weaknesses`. */
export const WEAKNESSES = ['stored-xss', 'token-in-web-storage'] as const

/** Schema of a weakness's id. */
export const WeaknessId = z.enum(WEAKNESSES)
/** Names a weakness; the key of its words. */
export type WeaknessId = z.infer<typeof WeaknessId>

/** Schema of a weakness as it stands. */
export const Weakness = z.object({ id: WeaknessId, isOn: z.boolean() })
/** A weakness as it stands: off unless the operator or a lesson has switched it on. */
export type Weakness = z.infer<typeof Weakness>

/** Schema of a change: the weaknesses that are named go on or off, the others stay. */
export const WeaknessChange = z.partialRecord(WeaknessId, z.boolean())
/** Weaknesses to go on or off. */
export type WeaknessChange = z.infer<typeof WeaknessChange>

/** Operations on the target's deliberate flaws. */
export const weaknesses = {
  list: oc
    .route({ method: 'GET', path: '/weaknesses', summary: 'Deliberate flaws of the target, and which are on' })
    .output(z.array(Weakness)),
  change: oc
    .route({ method: 'PATCH', path: '/weaknesses', summary: 'Switch them on or off; answers when every node works so' })
    .input(WeaknessChange)
    .output(z.array(Weakness)),
}
