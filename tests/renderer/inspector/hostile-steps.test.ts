import { beforeAll, expect, test } from 'vitest'
import { readToken } from '../../../src/protocol/read-token.ts'
import { startI18n } from '../../../src/renderer/i18n/index.ts'
import { paramsOf, stepTitle } from '../../../src/renderer/panels/inspector/story/step-words.ts'
import { exchange, step } from './exchange.ts'

beforeAll(() => startI18n('en'))

test.each([{ lngs: 'x' }, { lng: 'cimode' }, { ns: 'actions' }, { keySeparator: '/' }, { returnObjects: 1 }, { context: 'x' }])(
  'names of evidence are values of a text and never options of its translation: %o',
  (evidence) => {
    const plain = step({ kind: 'cookie-signature', outcome: 'pass', evidence: { alg: 'HMAC-SHA256', bytes: 90 } })
    const odd = { ...plain, evidence: { ...plain.evidence, ...evidence } }
    const around = exchange({ status: 200 })
    expect(stepTitle(odd, paramsOf(odd, around))).toBe(stepTitle(plain, paramsOf(plain, around)))
  },
)

test('a part of a token that is nested without limit is not shown decoded, and says why it is refused', () => {
  const encoded = (json: string): string => Buffer.from(json).toString('base64url')
  const deep = encoded(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`)
  expect(readToken(`${deep}.${encoded('{}')}.c2ln`)).toMatchObject({ header: null, flaw: 'too-deep' })
  expect(readToken(`${encoded('{}')}.${deep}.c2ln`)).toMatchObject({ payload: null, flaw: 'too-deep' })
})
