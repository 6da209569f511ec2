/** Loaded at the first login: a node listens sooner without it. */
const argon2 = () => import('@node-rs/argon2')

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. Algorithm 2 is Argon2id. */
export const PASSWORD_PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hashes a password with a fresh salt; the answer is a PHC string. */
export const hashPassword = async (password: string): Promise<string> => (await argon2()).hash(password, PASSWORD_PARAMETERS)

/** PHC string of a random password that nobody knows: what a login for an unknown account is compared with. */
const UNKNOWN_ACCOUNT = '$argon2id$v=19$m=19456,t=2,p=1$aE4J4yfwwKLZLAyP1n2IgA$NqBQGRdRMR79XWI6sVkNt8TkdhjDLTYT7pGiBXeHszU'

/** Whether a PHC string asks for no more work than ours: one from elsewhere could ask for all the memory that there is, at every login. */
export const isOwnHash = (phc: string): boolean => phc.startsWith(UNKNOWN_ACCOUNT.slice(0, UNKNOWN_ACCOUNT.lastIndexOf(',p=1$') + 5))

/** Whether the password is the right one. A null hash (no such account) costs the same work and is never right. */
export const verifyPassword = async (phc: string | null, password: string): Promise<boolean> => {
  const { verify } = await argon2()
  const isRight = await verify(phc ?? UNKNOWN_ACCOUNT, password)
  return isRight && phc !== null
}
