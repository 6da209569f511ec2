import { z } from 'zod'

/** How a client proves who it is. */
export const MECHANISMS = ['session', 'jwt-bearer', 'jwt-cookie'] as const
/** Schema of a client's mechanism. */
export const Mechanism = z.enum(MECHANISMS)
/** A client's mechanism. */
export type Mechanism = z.infer<typeof Mechanism>

/** Schema of the mechanism seen on an exchange; `none` when it carried and earned no credential. */
export const ExchangeMechanism = z.enum([...MECHANISMS, 'none'])
/** The mechanism seen on an exchange. */
export type ExchangeMechanism = z.infer<typeof ExchangeMechanism>
