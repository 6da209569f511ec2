import { createPublicKey } from 'node:crypto'
import { TOKEN_ALGORITHMS } from '../../../contract/token-algorithm.ts'
import type { SignatureState, TokenInspection } from '../../../contract/token-inspection.ts'
import { decodeAnyBase64, encodeBase64url } from '../../../protocol/base64url.ts'
import { isNestedDeeper } from '../../../protocol/json-depth.ts'
import type { JsonObject } from '../../../protocol/jwt.ts'
import { dateClaim, type ReadToken, readToken } from '../../../protocol/read-token.ts'
import { tokenFindings } from '../../../protocol/token-findings.ts'
import { LabError } from '../../errors.ts'
import { createSignatureCheck, isSymmetric, signInput, toKeyObject } from '../../signatures.ts'
import type { TokenKeySource } from '../../target-keys.ts'
import type { LabParts } from '../lab-parts.ts'
import { api } from './implementer.ts'

/** As deep as the target reads a token. */
const MAX_DEPTH = 32

const isGenuine = (source: TokenKeySource, { parts }: ReadToken): boolean => {
  const key = toKeyObject(source)
  const signature = decodeAnyBase64(parts[2] ?? '')
  const check = createSignatureCheck(source.alg, isSymmetric(source.alg) ? key : createPublicKey(key))
  return signature !== null && check(`${parts[0]}.${parts[1]}`, Buffer.from(signature))
}

function signatureState(lab: LabParts, read: ReadToken): SignatureState {
  if (read.form === 'jwe') return 'encrypted'
  if (read.form === 'neither' || !read.header) return 'unreadable'
  if (read.parts[2] === '') return 'absent'
  const { alg, kid } = read.header
  if (!TOKEN_ALGORITHMS.some((known) => known === alg)) return 'unsupported-algorithm'
  const source = lab.keys.target.tokenKeys.find((key) => key.kid === kid)
  if (!source) return lab.keys.list().keys.some((key) => key.kid === kid) ? 'retired-key' : 'unknown-key'
  // RFC 8725 §3.1: one key, one algorithm.
  if (source.alg !== alg) return 'unsupported-algorithm'
  return isGenuine(source, read) ? 'valid' : 'invalid'
}

function inspect(lab: LabParts, { token: text, cookieName }: { token: string; cookieName?: string | undefined }): TokenInspection {
  const token = text.trim()
  const read = readToken(token)
  const state = signatureState(lab, read)
  const kid = read.header?.['kid']
  const labTime = lab.clock.nowMs()
  const { revocation, recheckAccount } = lab.settings.state()
  const situation = {
    nowMs: labTime,
    signature: state,
    cookieName: cookieName ?? null,
    isRevocable: revocation !== 'none',
    isAccountRead: recheckAccount,
  }
  const { form, header, payload, flaw, flawedPart } = read
  return {
    form,
    header,
    payload,
    flaw,
    flawedPart,
    signature: { state, kid: lab.keys.list().keys.find((key) => key.kid === kid)?.kid ?? null },
    labTime,
    dates: { iat: dateClaim(payload, 'iat'), nbf: dateClaim(payload, 'nbf'), exp: dateClaim(payload, 'exp') },
    ...tokenFindings(token, read, situation),
  }
}

const part = (value: JsonObject): string => encodeBase64url(Buffer.from(JSON.stringify(value)))

function forge(lab: LabParts, { header, payload, kid }: { header: JsonObject; payload: JsonObject; kid: string }): { token: string } {
  if ([header, payload].some((value) => isNestedDeeper(value, MAX_DEPTH))) {
    throw new LabError('bad-request', `Header and payload may be nested ${MAX_DEPTH} levels deep.`)
  }
  const source = lab.keys.target.tokenKeys.find((key) => key.kid === kid)
  if (!source) throw new LabError('not-found', `There is no key ${kid} that could sign: take one that is not retired.`)
  const input = `${part(header)}.${part(payload)}`
  const signature = signInput(source.alg, toKeyObject(source), input)
  lab.note('token-forged', { kid, alg: source.alg, account: typeof payload['sub'] === 'string' ? payload['sub'].slice(0, 80) : null })
  return { token: `${input}.${encodeBase64url(signature)}` }
}

/** Operations on a token in hand. */
export const tokenInspection = api.tokenInspection.router({
  inspect: api.tokenInspection.inspect.handler(({ context: { lab }, input }) => inspect(lab, input)),
  forge: api.tokenInspection.forge.handler(({ context: { lab }, input }) => forge(lab, input)),
})
