import { api } from '../../../../api.ts'
import { currentLab } from '../../../../state/use-lab.ts'
import type { Attempt, Forgery } from './attempts.ts'
import { type Carried, sendCredential } from './send-credential.ts'
import { draftOf, withOldSignature, withoutSignature } from './tamper.ts'

/** A token that can be tried out: it came over the wire, and its header and payload can be read. */
export interface Subject extends Carried {
  readonly token: string
  readonly parts: readonly string[]
  /** The key of the keyring that the thief has. */
  readonly kid: string
}

const ADMIN_PATH = '/admin/users'

async function forged(subject: Subject, { header, payload, sign }: Forgery): Promise<string> {
  if (sign === 'leaked') return (await api.tokenInspection.forge({ header, payload, kid: subject.kid })).token
  const draft = draftOf(header, payload) ?? { header: '', payload: '' }
  const untouched = { header: '', payload: '' }
  return sign === 'none' ? withoutSignature(draft, untouched, subject.parts) : withOldSignature(draft, untouched, subject.parts)
}

const attackerId = (): string | null => currentLab().clients.find(({ isAttacker }) => isAttacker)?.id ?? null

/** Changes the account's role, sends the token, and changes the role back. */
async function withOtherRole(subject: Subject, name: string): Promise<string | null> {
  const account = currentLab().accounts.find((candidate) => candidate.name === name)
  if (!account) return sendCredential(subject, subject.token, null, ADMIN_PATH)
  await api.accounts.change({ name, role: account.role === 'admin' ? 'user' : 'admin' })
  try {
    return await sendCredential(subject, subject.token, null, ADMIN_PATH)
  } finally {
    await api.accounts.change({ name, role: account.role })
  }
}

/** Tries it out on the running server. @param account whom the token is about @returns the id of the exchange that shows what came of it */
export async function perform(subject: Subject, attempt: Attempt, account: string): Promise<string | null> {
  const { exchange, token } = subject
  switch (attempt.kind) {
    case 'forgery':
      return sendCredential(subject, await forged(subject, attempt), attackerId(), attempt.path)
    case 'text':
      return sendCredential(subject, attempt.change(token), attackerId(), '/me')
    case 'role':
      return withOtherRole(subject, account)
    case 'logout':
      if (exchange.client !== null) await api.clients.logout({ id: exchange.client })
      return sendCredential(subject, token, attackerId(), '/me')
    case 'replay':
      return sendCredential(subject, token, attackerId(), '/me')
  }
}

/** Sends a session cookie while the store is cut off, then connects it again. */
export async function withoutStore(carried: Carried, value: string): Promise<string | null> {
  const wasOut = currentLab().cluster.isStoreOut
  await api.cluster.change({ storeOut: true })
  try {
    return await sendCredential(carried, value, null, '/me')
  } finally {
    if (!wasOut) await api.cluster.change({ storeOut: false })
  }
}
