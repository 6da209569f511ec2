import { Agent, type Dispatcher } from 'undici'
import { LabError } from '../errors.ts'

/** How long an answer may take before the command gives up, milliseconds. */
const TIMEOUT_MS = 30_000

/** One request as it goes out; headers in wire order. */
export interface Outgoing {
  readonly method: string
  /** Request target in origin form. */
  readonly path: string
  readonly headers: [string, string][]
  readonly body?: string | Buffer | undefined
}

/** What came back. */
export interface Answer {
  /** `X-AuthLab-Exchange`: the id of the recorded exchange. */
  readonly exchangeId: string
  readonly status: number
  readonly setCookies: string[]
  /** `Clear-Site-Data` names the cookies (W3C Clear Site Data §3.1). */
  readonly clearsCookies: boolean
  readonly body: string
}

/** Connections of one user agent to the balancer: `app.localhost` resolved to this machine without asking any resolver (RFC 6761 §6.3). */
export class UserAgent {
  readonly #origin: string
  readonly #agent: Agent

  /** @param origin of the portal, for example `http://app.localhost:4700` */
  constructor(origin: string) {
    this.#origin = origin
    this.#agent = new Agent({
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      connect: {
        lookup: (_hostname, options, done) =>
          options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
      },
    })
  }

  /**
   * Sends one request for real; redirects are not followed.
   * @throws LabError `bad-request` when it cannot be written as HTTP, `conflict` when the balancer does not answer
   */
  async send(outgoing: Outgoing): Promise<Answer> {
    const response = await this.#request(outgoing)
    return {
      exchangeId: lines(response, 'x-authlab-exchange')[0] ?? '',
      status: response.statusCode,
      setCookies: lines(response, 'set-cookie'),
      clearsCookies: /"(cookies|\*)"/.test(lines(response, 'clear-site-data').join()),
      body: await response.body.text(),
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #request({ method, path, headers, body }: Outgoing): Promise<Dispatcher.ResponseData> {
    // undici types the common methods only; any token is a method (RFC 9110 §9.1).
    const options = { origin: this.#origin, path, method: method.toUpperCase() as Dispatcher.HttpMethod, headers: headers.flat() }
    if (options.method === 'CONNECT') throw new LabError('bad-request', 'CONNECT asks for a tunnel; the balancer opens none.')
    try {
      return await this.#agent.request({ ...options, body: body === undefined ? null : body })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const isRefusedHere = cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_INVALID_ARG'
      if (isRefusedHere) throw new LabError('bad-request', `This cannot be sent as HTTP: ${reason}.`, { cause })
      throw new LabError('conflict', `The balancer gave no answer: ${reason}.`, { cause })
    }
  }
}

function lines(response: Dispatcher.ResponseData, name: string): string[] {
  const value = response.headers[name] ?? []
  return typeof value === 'string' ? [value] : value
}
