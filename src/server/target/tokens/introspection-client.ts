import { Pool } from 'undici'
import { z } from 'zod'
import { RESOURCE_SERVER } from '../../../contract/oauth-clients.ts'
import { LabError } from '../../errors.ts'

/** How long the authorization server may take, milliseconds: whoever waits for it holds up a client of its own. */
const ANSWER_WITHIN_MS = 2000
const CONNECTIONS = 64
/** The most that an answer may hold, octets. */
const MAX_ANSWER = 64 * 1024

/** Where a resource server asks about tokens. */
export interface IntrospectionEndpoint {
  readonly url: string
  /** Sent along with every question. */
  readonly headers: Readonly<Record<string, string>>
}

/** RFC 7662 §2.2: what more is said of a token is of no use here, the token has said it itself. */
const Answer = z.object({ active: z.boolean(), sub: z.string().optional(), jti: z.string().optional() })

/** What the authorization server said. */
export interface IntrospectionAnswer {
  readonly active: boolean
  readonly sub: string | null
  readonly jti: string | null
  readonly status: number
  /** Id under which the question can be looked up; null where it has none. */
  readonly exchangeId: string | null
}

/** RFC 6749 §2.3.1: id and secret are encoded as in a form before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

/** A resource server's side of RFC 7662: asks over connections that stay open. Nothing is kept: every question is asked anew. */
export class IntrospectionClient {
  readonly #path: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #pool: Pool

  constructor({ url, headers }: IntrospectionEndpoint) {
    const { origin, pathname } = new URL(url)
    this.#path = pathname
    this.#headers = headers
    this.#pool = new Pool(origin, { connections: CONNECTIONS, maxResponseSize: MAX_ANSWER })
  }

  /**
   * @param secret of the confidential client
   * @throws LabError `store-unavailable` when there is no answer in time, or none that can be read: whoever does not know must not let in
   */
  async ask(token: string, secret: string): Promise<IntrospectionAnswer> {
    const credentials = `${formEncoded(RESOURCE_SERVER)}:${formEncoded(secret)}`
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers: {
          ...this.#headers,
          accept: 'application/json',
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`It answered ${statusCode}.`)
      const { active, sub = null, jti = null } = Answer.parse(JSON.parse(text))
      const exchangeId = headers['x-authlab-exchange']
      return { active, sub, jti, status: statusCode, exchangeId: typeof exchangeId === 'string' ? exchangeId : null }
    } catch (cause) {
      throw new LabError('store-unavailable', 'The authorization server does not answer whether the token is active.', { cause })
    }
  }

  /** Questions in flight fail. */
  close(): Promise<void> {
    return this.#pool.destroy()
  }
}
