import { ALL, type BoundaryCase, claims, payload, token } from './boundary-tokens.ts'

/** Rows on the times of a token. */
export const TIMES: BoundaryCase[] = [
  { what: 'as it is issued', token: claims({}), judged: ALL },
  { what: 'one second before exp', token: token(({ now }) => ({ exp: now + 1 })), judged: ALL },
  { what: 'at exp', token: token(({ now }) => ({ exp: now })), judged: ['token-expired', 'ERR_JWT_EXPIRED', 'jwt expired'] },
  {
    what: 'one second after exp',
    token: token(({ now }) => ({ exp: now - 1 })),
    judged: ['token-expired', 'ERR_JWT_EXPIRED', 'jwt expired'],
  },
  { what: 'at exp, within a leeway of 5 s', token: token(({ now }) => ({ exp: now })), leewaySeconds: 5, judged: ALL },
  { what: '4 s after exp, within a leeway of 5 s', token: token(({ now }) => ({ exp: now - 4 })), leewaySeconds: 5, judged: ALL },
  {
    what: '5 s after exp, at the end of a leeway of 5 s',
    token: token(({ now }) => ({ exp: now - 5 })),
    leewaySeconds: 5,
    judged: ['token-expired', 'ERR_JWT_EXPIRED', 'jwt expired'],
  },
  { what: 'half a second before an exp with a fraction', token: token(({ now }) => ({ exp: now + 0.5 })), judged: ALL },
  {
    what: '0.2 s after an exp with a fraction',
    token: token(({ now }) => ({ exp: now + 0.2 })),
    judged: ['token-expired', 'accepted', 'accepted'],
    why: 'RFC 7519 §4.1.4: exp is the time "on or after which the JWT MUST NOT be accepted"; both peers cut the clock to whole seconds',
  },
  {
    what: 'exp missing',
    token: claims({ exp: undefined }),
    judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'],
    why: 'RFC 7519 §4.1.4: "Use of this claim is OPTIONAL"; RFC 9068 §2.2 requires it, and jsonwebtoken cannot be told to',
  },
  { what: 'exp null', token: claims({ exp: null }), judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'invalid exp value'] },
  {
    what: 'exp as text',
    token: token(({ now }) => ({ exp: `${now + 60}` })),
    judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'invalid exp value'],
  },
  { what: 'exp 0', token: claims({ exp: 0 }), judged: ['token-expired', 'ERR_JWT_EXPIRED', 'jwt expired'] },
  {
    what: 'exp 1e400, which JSON.parse reads as Infinity',
    token: payload(({ claims }) => JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e400')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'a number to JavaScript, and a token without an end: ours takes finite ones alone',
  },
  { what: 'nbf one second ago', token: token(({ now }) => ({ nbf: now - 1 })), judged: ALL },
  { what: 'nbf now', token: token(({ now }) => ({ nbf: now })), judged: ALL },
  {
    what: 'nbf in one second',
    token: token(({ now }) => ({ nbf: now + 1 })),
    judged: ['token-not-yet-valid', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt not active'],
  },
  { what: 'nbf in 5 s, with a leeway of 5 s', token: token(({ now }) => ({ nbf: now + 5 })), leewaySeconds: 5, judged: ALL },
  {
    what: 'nbf in 6 s, with a leeway of 5 s',
    token: token(({ now }) => ({ nbf: now + 6 })),
    leewaySeconds: 5,
    judged: ['token-not-yet-valid', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt not active'],
  },
  {
    what: 'nbf as text',
    token: claims({ nbf: 'now' }),
    judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'invalid nbf value'],
  },
  {
    what: 'nbf -1e400, which JSON.parse reads as -Infinity',
    token: payload(({ claims }) => JSON.stringify({ ...claims, nbf: 0 }).replace('"nbf":0', '"nbf":-1e400')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'a number to JavaScript: ours takes finite ones alone',
  },
  { what: 'iat in an hour', token: token(({ now }) => ({ iat: now + 3600 })), judged: ALL },
  {
    what: 'iat 1e400, which JSON.parse reads as Infinity',
    token: payload(({ claims }) => JSON.stringify({ ...claims, iat: 0 }).replace('"iat":0', '"iat":1e400')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'a number to JavaScript, and later than every revocation: ours takes finite ones alone',
  },
  {
    what: 'iat missing',
    token: claims({ iat: undefined }),
    judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'],
    why: 'jsonwebtoken has no list of claims that must be there',
  },
]

/** Rows on its other claims, and on how they are written. */
export const CLAIMS: BoundaryCase[] = [
  { what: 'aud in an array with another', token: token(({ claims }) => ({ aud: ['https://other.test', claims['aud']] })), judged: ALL },
  {
    what: 'aud of another service',
    token: claims({ aud: 'https://other.test' }),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud an array without this service',
    token: claims({ aud: ['https://other.test'] }),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud an empty array',
    token: claims({ aud: [] }),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud missing',
    token: claims({ aud: undefined }),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud in other letters',
    token: token(({ claims }) => ({ aud: String(claims['aud']).toUpperCase() })),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud with a path behind it',
    token: token(({ claims }) => ({ aud: `${claims['aud']}/orders` })),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'aud an object',
    token: token(({ claims }) => ({ aud: { 0: claims['aud'], length: 1 } })),
    judged: ['wrong-audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'iss of another',
    token: claims({ iss: 'https://evil.test' }),
    judged: ['wrong-issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt issuer invalid. expected: https://issuer.test'],
  },
  {
    what: 'iss with a slash more',
    token: token(({ claims }) => ({ iss: `${claims['iss']}/` })),
    judged: ['wrong-issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt issuer invalid. expected: https://issuer.test'],
  },
  {
    what: 'iss missing',
    token: claims({ iss: undefined }),
    judged: ['wrong-issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt issuer invalid. expected: https://issuer.test'],
  },
  {
    what: 'iss in an array',
    token: token(({ claims }) => ({ iss: [claims['iss']] })),
    judged: ['wrong-issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'jwt issuer invalid. expected: https://issuer.test'],
  },
  ...['sub', 'jti', 'role', 'scope'].map((name) => ({
    what: `${name} missing`,
    token: claims({ [name]: undefined }),
    judged: ['malformed-token', 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'accepted'] as const,
    why: 'jsonwebtoken has no list of claims that must be there',
  })),
  {
    what: 'sub a number',
    token: claims({ sub: 7 }),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7519 §4.1.2: sub is a StringOrURI; the peers look whether it is there, not what it is',
  },
  {
    what: 'scope an array',
    token: claims({ scope: ['profile'] }),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 8693 §4.2: scope is one text; to the peers it is a claim like any other',
  },
  ...[
    ['ver', 'x'],
    ['ver', null],
    ['sid', 7],
    ['sid', { a: 1 }],
    ['client_id', ['web']],
  ].map(
    ([name, value]): BoundaryCase => ({
      what: `${name} ${JSON.stringify(value)}`,
      token: claims({ [String(name)]: value }),
      judged: ['malformed-token', 'accepted', 'accepted'],
      why: 'claims of this service, by which it looks for a revocation: the peers do not know them',
    }),
  ),
  { what: 'a claim that nobody knows', token: claims({ 'https://other.test/claim': { a: [1] } }), judged: ALL },
  {
    what: 'a claim twice',
    token: payload(({ claims }) => JSON.stringify(claims).replace('{', '{"sub":"mallory",')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7519 §4: parsers "MUST either reject JWTs with duplicate Claim Names or use a JSON parser that returns only the lexically last": the peers take the last, and ours refuses, so that no two readers can differ',
  },
  {
    what: 'a claim twice, once by an escape',
    token: payload(({ claims }) => JSON.stringify(claims).replace('{', '{"s\\u0075b":"mallory",')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7519 §4: parsers "MUST either reject JWTs with duplicate Claim Names or use a JSON parser that returns only the lexically last": the peers take the last, and ours refuses, so that no two readers can differ',
  },
  {
    what: 'a name twice within a claim',
    token: payload(({ claims }) => JSON.stringify(claims).replace('{', '{"act":{"sub":"a","sub":"b"},')),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 7519 §4: parsers "MUST either reject JWTs with duplicate Claim Names or use a JSON parser that returns only the lexically last": the peers take the last, and ours refuses, so that no two readers can differ',
  },
  {
    what: 'payload an array',
    token: payload(() => '[]'),
    judged: ['malformed-token', 'ERR_JWT_INVALID', 'jwt audience invalid. expected: https://api.test'],
  },
  {
    what: 'payload no JSON',
    token: payload(() => 'Payload'),
    judged: ['malformed-token', 'ERR_JWT_INVALID', 'jwt audience invalid. expected: https://api.test'],
  },
  { what: 'payload empty', token: payload(() => ''), judged: ['malformed-token', 'ERR_JWT_INVALID', 'invalid token'] },
  {
    what: 'payload with an octet that is no UTF-8',
    token: payload(({ claims }) => Buffer.from(JSON.stringify({ ...claims, nickname: '\u00ff' }), 'latin1')),
    judged: ['malformed-token', 'ERR_JWT_INVALID', 'accepted'],
    why: 'RFC 7519 §7.2 step 10: the payload is "a UTF-8-encoded representation of a completely valid JSON object"; jsonwebtoken reads U+FFFD instead',
  },
  {
    what: 'payload after a byte order mark',
    token: payload(({ claims }) => `\ufeff${JSON.stringify(claims)}`),
    judged: ['malformed-token', 'accepted', 'jwt audience invalid. expected: https://api.test'],
    why: 'RFC 8259 §8.1: parsers "MAY ignore the presence of a byte order mark rather than treating it as an error"; jose does',
  },
  {
    what: 'payload nested 40 deep',
    token: payload(({ claims }) => JSON.stringify(claims).replace('{', `{"a":${'['.repeat(40)}${']'.repeat(40)},`)),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 8259 §9 leaves the limit to the reader: the peers have none, ours is 32',
  },
  {
    what: 'payload nested 4,000 deep',
    token: payload(({ claims }) => JSON.stringify(claims).replace('{', `{"a":${'['.repeat(4000)}${']'.repeat(4000)},`)),
    judged: ['malformed-token', 'accepted', 'accepted'],
    why: 'RFC 8259 §9 leaves the limit to the reader: the peers have none, ours is 32',
  },
]
