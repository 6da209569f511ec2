import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { errors, importJWK, jwtVerify } from 'jose'
import jwt from 'jsonwebtoken'
import { TOKEN_ALGORITHMS } from '../../../src/contract/token-algorithm.ts'
import type { TokenKeySource } from '../../../src/server/target-keys.ts'

/** What a token is judged by, the same for every verifier. */
export interface Judgement {
  readonly keys: readonly TokenKeySource[]
  readonly issuer: string
  readonly audience: string
  readonly nowSeconds: number
  readonly leewaySeconds: number
}

/** The claims that the target requires besides `iss` and `aud`. */
const REQUIRED_CLAIMS = ['exp', 'iat', 'sub', 'jti', 'role', 'scope']

const keyOf = ({ keys }: Judgement, kid: unknown): TokenKeySource => {
  const key = keys.find((candidate) => candidate.kid === kid)
  if (!key) throw new Error('no such key')
  return key
}

/** `accepted`, or the code of jose's error; every check that it offers is on. */
export const byJose = async (judgement: Judgement, token: string): Promise<string> => {
  const { issuer, audience, nowSeconds, leewaySeconds } = judgement
  try {
    await jwtVerify(
      token,
      ({ kid }) => {
        const { alg, jwk } = keyOf(judgement, kid)
        const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...usable } = jwk
        return importJWK(usable, alg)
      },
      {
        algorithms: [...TOKEN_ALGORITHMS],
        issuer,
        audience,
        typ: 'at+jwt',
        requiredClaims: REQUIRED_CLAIMS,
        currentDate: new Date(nowSeconds * 1000),
        clockTolerance: leewaySeconds,
      },
    )
    return 'accepted'
  } catch (error) {
    return error instanceof errors.JOSEError ? error.code : error instanceof Error ? error.message : String(error)
  }
}

const verifyingKey = ({ alg, jwk }: TokenKeySource): KeyObject =>
  alg.startsWith('HS') ? createSecretKey(jwk['k'] ?? '', 'base64url') : createPublicKey({ key: jwk, format: 'jwk' })

/** A signature in DER is not always equally long. */
const LENGTH_SEEN = /, saw "\d+"$/

/** `accepted`, or the message of jsonwebtoken's error; it is given a list of algorithms, issuer and audience, and has no more to ask for. */
export const byJsonwebtoken = (judgement: Judgement, token: string): Promise<string> => {
  const { issuer, audience, nowSeconds, leewaySeconds } = judgement
  const options = { algorithms: [...TOKEN_ALGORITHMS], issuer, audience, clockTimestamp: nowSeconds, clockTolerance: leewaySeconds }
  return new Promise((resolve) => {
    const choose: jwt.GetPublicKeyOrSecret = ({ kid }, done) => {
      try {
        done(null, verifyingKey(keyOf(judgement, kid)))
      } catch (error) {
        done(error as Error)
      }
    }
    try {
      jwt.verify(token, choose, options, (error) => resolve(error ? error.message.replace(LENGTH_SEEN, '') : 'accepted'))
    } catch (error) {
      resolve(`thrown: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}
