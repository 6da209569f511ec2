import type { Exchange, HttpMessage } from '../../../src/contract/exchanges.ts'
import type { Step } from '../../../src/contract/step.ts'
import { summary } from '../traffic/rows.ts'

/** A message without a body, with what a test wants to be different. */
export const message = (change: Partial<HttpMessage> = {}): HttpMessage => ({
  headers: [],
  body: '',
  bodyEncoding: 'utf8',
  bodyBytes: 0,
  isBodyCut: false,
  bytes: 100,
  ...change,
})

/** A whole exchange with what a test wants to be different. */
export const exchange = (change: Partial<Exchange> = {}): Exchange => ({
  ...summary(1),
  request: message(),
  response: message(),
  steps: [],
  ...change,
})

/** A step with what a test wants to be different. */
export const step = (change: Partial<Step> & Pick<Step, 'kind'>): Step => ({
  outcome: 'pass',
  durationUs: 10,
  title: 'In the words of the server',
  evidence: {},
  source: { file: 'src/server/target/authenticate.ts', symbol: 'authenticate' },
  ...change,
})
