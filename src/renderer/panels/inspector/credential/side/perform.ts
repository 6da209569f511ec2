import { encodeBase64url } from '../../../../../protocol/base64url.ts'
import { api } from '../../../../api.ts'
import { currentLab } from '../../../../state/use-lab.ts'
import { type Attempt, type Forgery, OWN_KEY } from './attempts.ts'
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

/** Signs by HMAC-SHA256 with the attacker's own key. */
async function selfSigned(unsigned: string): Promise<string> {
  const input = unsigned.slice(0, unsigned.lastIndexOf('.'))
  const key = await crypto.subtle.importKey('raw', OWN_KEY, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(input))
  return `${input}.${encodeBase64url(new Uint8Array(signature))}`
}

async function forged(subject: Subject, { header, payload, sign }: Forgery): Promise<string> {
  if (sign === 'leaked') return (await api.tokenInspection.forge({ header, payload, kid: subject.kid })).token
  const draft = draftOf(header, payload) ?? { header: '', payload: '' }
  const untouched = { header: '', payload: '' }
  if (sign === 'none') return withoutSignature(draft, untouched, subject.parts)
  const kept = withOldSignature(draft, untouched, subject.parts)
  return sign === 'own' ? selfSigned(kept) : kept
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
