import { createHmac, createPrivateKey, sign } from 'node:crypto'
import { ALL, type BoundaryCase, changed, claims, header, pemOf, selfSigned, stray, twin } from './boundary-tokens.ts'
import { part, signatureOf, signed } from './signed.ts'

const STRAY =
  'RFC 4648 §3.5: decoders "MAY choose to reject an encoding if the pad bits have not been set to zero": a denylist of texts would be passed by where one does not'

/** Rows on the header. */
export const HEADERS: BoundaryCase[] = [
  { what: 'typ in capitals', token: header({ typ: 'AT+JWT' }), judged: ALL },
  { what: 'typ as a whole media type', token: header({ typ: 'application/at+jwt' }), judged: ALL },
  {
    what: 'typ JWT',
    token: header({ typ: 'JWT' }),
    judged: ['wrong-token-type', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'],
    why: 'RFC 8725 §3.11, explicit typing: jsonwebtoken cannot be asked for a typ',
  },
  {
    what: 'typ of a logout token',
    token: header({ typ: 'logout+jwt' }),
    judged: ['wrong-token-type', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'],
    why: 'RFC 8725 §3.11, explicit typing: jsonwebtoken cannot be asked for a typ',
  },
  {
    what: 'typ missing',
    token: header({ typ: undefined }),
    judged: ['wrong-token-type', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'],
    why: 'RFC 8725 §3.11, explicit typing: jsonwebtoken cannot be asked for a typ',
  },
  {
    what: 'crit of an extension that nobody knows',
    token: header({ crit: ['https://ext.test'], 'https://ext.test': true }),
    judged: ['malformed-token', 'ERR_JOSE_NOT_SUPPORTED', 'accepted'],
    why: 'RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the JWS is invalid"; jsonwebtoken does not read it',
  },
  {
    what: 'crit b64, with b64 true',
    token: header({ crit: ['b64'], b64: true }),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the JWS is invalid": jose understands b64 (RFC 7797), ours understands none, jsonwebtoken does not read it',
  },
  {
    what: 'crit b64, with b64 false',
    token: header({ crit: ['b64'], b64: false }),
    judged: ['malformed-token', 'ERR_JWT_INVALID', 'accepted'],
    why: 'RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the recipient, then the JWS is invalid"; jsonwebtoken does not read it, and takes the payload for encoded',
  },
  {
    what: 'crit empty',
    token: header({ crit: [] }),
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'accepted'],
    why: 'RFC 7515 §4.1.11: "Producers MUST NOT use the empty list"; jsonwebtoken does not read it',
  },
  { what: 'b64 false without crit', token: header({ b64: false }), judged: ['allowed', 'accepted', 'accepted'] },
  {
    what: 'alg twice',
    token: changed(([, body], mint) => {
      const input = `${part(`{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"${mint.keyOf('HS256').kid}"}`)}.${body}`
      return `${input}.${signatureOf(mint.keyOf('HS256'), input).toString('base64url')}`
    }),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7515 §4: parsers "MUST either reject JWSs with duplicate Header Parameter names or" take the last: the peers do that, ours refuses',
  },
  ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): BoundaryCase[] => [
    {
      what: `alg ${alg}, without a signature`,
      token: changed(([, body], mint) => `${part({ alg, typ: 'at+jwt', kid: mint.keyOf('HS256').kid })}.${body}.`),
      judged: ['unsupported-algorithm', 'ERR_JOSE_ALG_NOT_ALLOWED', 'jwt signature is required'],
    },
    {
      what: `alg ${alg}, with a signature`,
      token: header({ alg }),
      judged: ['unsupported-algorithm', 'ERR_JOSE_ALG_NOT_ALLOWED', 'invalid algorithm'],
    },
  ]),
  { what: 'alg missing', token: header({ alg: undefined }), judged: ['unsupported-algorithm', 'ERR_JWS_INVALID', 'invalid algorithm'] },
  {
    what: 'alg in small letters',
    token: header({ alg: 'hs256' }),
    judged: ['unsupported-algorithm', 'ERR_JOSE_ALG_NOT_ALLOWED', 'invalid algorithm'],
  },
  { what: 'alg in an array', token: header({ alg: ['HS256'] }), judged: ['unsupported-algorithm', 'ERR_JWS_INVALID', 'invalid algorithm'] },
  {
    what: 'alg HS512 over a key of HS256',
    token: (mint) =>
      signed({ ...mint.keyOf('HS256'), alg: 'HS512' }, { alg: 'HS512', typ: 'at+jwt', kid: mint.keyOf('HS256').kid }, mint.claims),
    judged: ['unsupported-algorithm', 'accepted', 'accepted'],
    why: 'RFC 8725 §3.1: "each key MUST be used with exactly one algorithm"; to the peers a secret is mere octets, of whatever length',
  },
  {
    what: 'alg PS256 over a key of RS256',
    token: (mint) =>
      signed({ ...mint.keyOf('RS256'), alg: 'PS256' }, { alg: 'PS256', typ: 'at+jwt', kid: mint.keyOf('RS256').kid }, mint.claims),
    judged: ['unsupported-algorithm', 'CryptoKey does not support this operation, its algorithm.name must be RSA-PSS', 'accepted'],
    why: 'RFC 8725 §3.1, the same; to jsonwebtoken an RSA key is good for RS and PS alike',
  },
  {
    what: 'alg HS256 with the public PEM of RS256 as its secret (J4)',
    token: (mint) => {
      const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: mint.keyOf('RS256').kid })}.${part(mint.claims)}`
      return `${input}.${createHmac('sha256', pemOf(mint)).update(input).digest('base64url')}`
    },
    judged: [
      'unsupported-algorithm',
      'CryptoKey instances must be of type "secret" for the HS256 algorithm',
      'secretOrPublicKey must be a symmetric key when using HS256',
    ],
  },
  {
    what: 'signed with a blank secret (J6)',
    token: (mint) => {
      const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: mint.keyOf('HS256').kid })}.${part(mint.claims)}`
      return `${input}.${createHmac('sha256', '').update(input).digest('base64url')}`
    },
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  ...[undefined, '', 1, '__proto__', '../../../../dev/null', "x' UNION SELECT 'key'--", 'http://evil.test/key'].map(
    (kid): BoundaryCase => ({
      what: `kid ${JSON.stringify(kid)}`,
      token: header({ kid }),
      judged: ['unknown-key', 'no such key', 'error in secret or public key callback: no such key'],
    }),
  ),
  {
    what: "jwk of the signer's own key (J9)",
    token: selfSigned((jwk) => ({ jwk })),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: "jwk of the signer's own key, and no kid",
    token: selfSigned((jwk) => ({ jwk, kid: undefined })),
    judged: ['unknown-key', 'no such key', 'error in secret or public key callback: no such key'],
  },
  {
    what: "jku of the signer's own set (J10)",
    token: selfSigned(() => ({ jku: 'http://127.0.0.1:9/jwks.json' })),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: "x5u of the signer's own certificate (J10)",
    token: selfSigned(() => ({ x5u: 'http://127.0.0.1:9/cert.pem' })),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: "x5c of the signer's own certificate",
    token: selfSigned(() => ({ x5c: ['MIIB'] })),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: 'a good token that names a jku besides',
    token: header({ jku: 'http://127.0.0.1:9/jwks.json', jwk: { kty: 'oct', k: '' } }),
    judged: ALL,
  },
]

/** Rows on the form of the token and on its signature. */
export const FORMS: BoundaryCase[] = [
  {
    what: 'signature empty (J3)',
    token: changed(([head, body]) => `${head}.${body}.`),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'jwt signature is required'],
  },
  {
    what: 'signature of another token',
    token: (mint) => changed(([head, body]) => `${head}.${body}.${claims({ jti: 'two' })(mint).split('.')[2]}`)(mint),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: 'claims changed under the signature (J12)',
    token: changed(([head, , tail], mint) => `${head}.${part({ ...mint.claims, role: 'root' })}.${tail}`),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: '= after the signature of HS256 (J16)',
    token: changed(([head, body, tail]) => `${head}.${body}.${tail}=`),
    judged: ['malformed-token', 'accepted', 'invalid token'],
    why: `RFC 7515 §2: base64url is "with all trailing '=' characters omitted"; jose decodes it all the same`,
  },
  {
    what: '= after the signature of ES256 (J16)',
    token: changed(([head, body, tail]) => `${head}.${body}.${tail}==`, 'ES256'),
    judged: ['malformed-token', 'accepted', 'invalid token'],
    why: `RFC 7515 §2: base64url is "with all trailing '=' characters omitted"; jose decodes it all the same`,
  },
  ...[1, 2, 3].flatMap((add) =>
    (['HS256', 'RS256', 'ES256'] as const).map(
      (alg): BoundaryCase => ({
        what: `last letter of the signature of ${alg} ${add} further (J16)`,
        token: changed(([head, body, tail]) => `${head}.${body}.${stray(tail, add)}`, alg),
        judged: ['malformed-token', 'accepted', alg === 'HS256' ? 'invalid signature' : 'accepted'],
        why: alg === 'HS256' ? `${STRAY}; jsonwebtoken compares the text of a MAC` : STRAY,
      }),
    ),
  ),
  {
    what: 'a payload in base64 with +, / and =, signed so',
    token: (mint) => {
      const body = Buffer.from(JSON.stringify({ ...mint.claims, a: '>>>???>>' })).toString('base64')
      const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: mint.keyOf('HS256').kid })}.${body}`
      return `${input}.${signatureOf(mint.keyOf('HS256'), input).toString('base64url')}`
    },
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'invalid token'],
  },
  {
    what: 'a payload with stray bits in its last letter, signed so',
    token: (mint) => {
      const body = part(JSON.stringify(mint.claims).padEnd(301))
      const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid: mint.keyOf('HS256').kid })}.${stray(body, 1)}`
      return `${input}.${signatureOf(mint.keyOf('HS256'), input).toString('base64url')}`
    },
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 4648 §3.5: decoders "MAY choose to reject an encoding if the pad bits have not been set to zero": ours does',
  },
  {
    what: 'the twin (r, n-s) of a signature of ES256',
    token: changed(([head, body, tail]) => `${head}.${body}.${twin(tail)}`, 'ES256'),
    judged: ALL,
    why: 'ECDSA itself allows it (FIPS 186-5): that is why a denylist holds iss and jti, never the token',
  },
  {
    what: 'a signature of ES256 in DER',
    token: changed(
      ([head, body], mint) =>
        `${head}.${body}.${sign('sha256', Buffer.from(`${head}.${body}`), createPrivateKey({ key: mint.keyOf('ES256').jwk, format: 'jwk' })).toString('base64url')}`,
      'ES256',
    ),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', '"ES256" signatures must be "64" bytes'],
  },
  {
    what: 'a signature of ES256 of zeros',
    token: changed(([head, body]) => `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`, 'ES256'),
    judged: ['bad-signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'invalid signature'],
  },
  {
    what: 'two parts',
    token: changed(([head, body]) => `${head}.${body}`),
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'jwt malformed'],
  },
  { what: 'four parts', token: changed((parts) => `${parts.join('.')}.`), judged: ['malformed-token', 'ERR_JWS_INVALID', 'jwt malformed'] },
  {
    what: 'five parts, as a JWE has',
    token: changed((parts) => `${parts.join('.')}.AA.AA`),
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'jwt malformed'],
  },
  {
    what: 'the JSON serialization',
    token: changed(([head, body, tail]) => JSON.stringify({ protected: head, payload: body, signature: tail })),
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'jwt malformed'],
  },
  {
    what: 'a comma and another token behind it',
    token: changed((parts) => `${parts.join('.')},${parts.join('.')}`),
    judged: ['malformed-token', 'ERR_JWS_INVALID', 'jwt malformed'],
  },
]
