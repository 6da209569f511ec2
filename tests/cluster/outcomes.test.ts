import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STORE_KINDS, STRATEGIES, type StoreKind, type StrategyName } from '../../src/contract/cluster.ts'
import { MECHANISMS, type Mechanism } from '../../src/contract/mechanism.ts'
import { type Answer, send, startTestLab, type TestLab } from '../support/start-lab.ts'

/** The page that this test writes (`UPDATE_DOCS=1 npx vitest run tests/cluster/outcomes.test.ts`) and otherwise compares. */
const PAGE = new URL('../../docs/cluster-outcomes.md', import.meta.url)
const NODES = 3
/** Enough that a strategy which shares requests out reaches every node. */
const REQUESTS = 40

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab(['--nodes', String(NODES)])
})
afterAll(() => lab.close())

/** A user agent as small as can be: a jar of names and values, or a token. */
class Visitor {
  readonly #cookies = new Map<string, string>()
  #token: string | null = null
  #refreshToken = ''

  async logIn(mechanism: Mechanism): Promise<string> {
    if (mechanism === 'session') return nodeOf(await this.send('POST', '/session', { username: 'alice', password: 'alice-pass' }))
    const transport = mechanism === 'jwt-cookie' ? 'cookie' : 'body'
    const answer = await this.send('POST', '/token', { grant_type: 'password', username: 'alice', password: 'alice-pass', transport })
    if (mechanism === 'jwt-bearer') {
      this.#token = answer.json.access_token
      this.#refreshToken = answer.json.refresh_token
    }
    return nodeOf(answer)
  }

  /** Gives its refresh token for new tokens; keeps the one it has where that is refused. */
  async refresh(): Promise<Answer> {
    const answer = await this.send('POST', '/token', { grant_type: 'refresh_token', refresh_token: this.#refreshToken })
    if (answer.status === 200) this.#refreshToken = answer.json.refresh_token
    return answer
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(`${lab.lab.balancerUrl}${path}`, {
      method,
      body,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(cookie !== '' && { Cookie: cookie }),
        ...(this.#token !== null && { Authorization: `Bearer ${this.#token}` }),
      },
    })
    for (const set of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = set.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
}

const nodeOf = (answer: Answer): string => String(answer.headers['x-authlab-node'])

/** What one request, sent again and again, comes to, in words that do not depend on chance. */
const outcomeOf = async (home: string, ask: () => Promise<Answer>): Promise<string> => {
  const atHome = new Set<string>()
  const elsewhere = new Set<string>()
  for (let count = 0; count < REQUESTS; count++) {
    const answer = await ask()
    const verdicts = nodeOf(answer) === home ? atHome : elsewhere
    verdicts.add(answer.status === 200 ? 'allowed' : answer.json.verdict)
  }
  const words = (verdicts: Set<string>) => [...verdicts].sort().join(', ')
  if (elsewhere.size === 0) return `${words(atHome)}, always the same node`
  if (atHome.size === 0) return words(elsewhere)
  return words(atHome) === words(elsewhere) ? words(atHome) : `${words(atHome)} on the node of the login, ${words(elsewhere)} on others`
}

interface Row {
  readonly mechanism: Mechanism | 'refresh token'
  readonly store: StoreKind
  readonly strategy: StrategyName
  readonly before: string
  readonly after: string
}
const rows: Row[] = []

/** Behind this strategy, before the node of the login is killed and after. */
const measure = async (strategy: StrategyName, mechanism: Mechanism, ask: (visitor: Visitor) => Promise<Answer>) => {
  await lab.call('PATCH', '/cluster', { strategy })
  const visitor = new Visitor()
  const home = await visitor.logIn(mechanism)
  const before = await outcomeOf(home, () => ask(visitor))
  await lab.call('POST', `/nodes/${home}/kill`)
  const after = await outcomeOf(home, () => ask(visitor))
  await lab.call('POST', `/nodes/${home}/start`)
  return { before, after }
}

const compare = (row: Row): void => {
  rows.push(row)
  if (!process.env['UPDATE_DOCS']) expect(readFileSync(PAGE, 'utf8')).toContain(toLine(row))
}

describe.each(STORE_KINDS)('with the session store %s', (store) => {
  beforeAll(async () => {
    expect((await lab.call('PATCH', '/cluster', { store })).json).toMatchObject({ store, storeState: 'ok' })
  })

  test.each(STRATEGIES.flatMap((strategy) => MECHANISMS.map((mechanism) => ({ strategy, mechanism }))))(
    'a login by $mechanism behind $strategy, before and after its node is killed, comes to what docs/cluster-outcomes.md says',
    async ({ strategy, mechanism }) => {
      compare({ mechanism, store, strategy, ...(await measure(strategy, mechanism, (visitor) => visitor.send('GET', '/me'))) })
    },
  )

  test.each(STRATEGIES)(
    'a refresh token behind %s, rotated before and after the node of its login is killed, comes to the same',
    async (strategy) => {
      const measured = await measure(strategy, 'jwt-bearer', (visitor) => visitor.refresh())
      compare({ mechanism: 'refresh token', store, strategy, ...measured })
    },
  )
})

const toLine = ({ mechanism, store, strategy, before, after }: Row): string =>
  `| ${mechanism} | ${store} | ${strategy} | ${before} | ${after} |`

afterAll(() => {
  if (!process.env['UPDATE_DOCS']) return
  const head = `# What becomes of a login in a cluster

Measured: \`tests/cluster/outcomes.test.ts\` logs in, calls \`GET /me\` ${REQUESTS} times behind ${NODES} real nodes, kills the node that took the login, calls as
often again, and fails when a line below is not what came out. After the kill a request that needed no session would still be answered by the others.
A line "refresh token" is the same with \`POST /token\`, each time with the newest one: refresh tokens live where sessions do.

| mechanism | session store | strategy | all nodes up | after the node of the login was killed |
|---|---|---|---|---|
`
  const kinds: readonly Row['mechanism'][] = [...MECHANISMS, 'refresh token']
  const order = (a: Row, b: Row) => kinds.indexOf(a.mechanism) - kinds.indexOf(b.mechanism)
  writeFileSync(PAGE, `${head}${rows.toSorted(order).map(toLine).join('\n')}\n`)
})
