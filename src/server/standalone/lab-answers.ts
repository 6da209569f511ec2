import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { BALANCER_TAG } from '../cluster/forwarded-headers.ts'
import { LAB_PATHS, LAB_SECRET, type RemoteStats } from '../cluster/remote-answers.ts'
import { createSecretCheck } from '../secret-check.ts'
import { readSteps } from '../storage/step-record.ts'
import type { ExchangeTrace } from '../target/trace.ts'
import { isMisdirected, refuseMisdirected } from './own-names.ts'
import type { TraceShelf } from './trace-shelf.ts'

/** What stands before a target that runs alone. */
export interface LabAnswersOptions {
  readonly secret: string
  readonly shelf: TraceShelf
  readonly stats: () => RemoteStats
  readonly app: RequestListener
}

const sendJson = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

/** Between processes steps go as the contract has them: the lab checks them by its schema, and may be of another version. */
const withWholeSteps = (trace: ExchangeTrace): ExchangeTrace => ({ ...trace, stepsJson: JSON.stringify(readSteps(trace.stepsJson)) })

/** Stands before the app: tells the lab what it alone may know, and takes the id of an exchange from its balancer alone. */
export function answerLab({ secret, shelf, stats, app }: LabAnswersOptions): RequestListener {
  const isSecret = createSecretCheck(secret)

  /** @returns whether there is something to answer */
  const answer = async ({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (method !== 'GET') return false
    if (url === LAB_PATHS.stats) {
      sendJson(response, stats())
      return true
    }
    const asked = url.startsWith(LAB_PATHS.traces) ? url.slice(LAB_PATHS.traces.length).split(',') : []
    const traces = (await Promise.all(asked.map((exchangeId) => shelf.take(exchangeId)))).filter((trace) => trace !== null)
    if (traces.length > 0) sendJson(response, traces.map(withWholeSteps))
    return traces.length > 0
  }

  return (request, response) => {
    if (isMisdirected(request)) {
      refuseMisdirected(response)
      return
    }
    const { [LAB_SECRET]: labSecret, [BALANCER_TAG]: balancerSecret, 'x-authlab-exchange': exchangeId } = request.headers
    if (labSecret !== undefined && isSecret(labSecret)) {
      void answer(request, response).then((isAnswered) => {
        if (!isAnswered) app(request, response)
      })
      return
    }
    if (typeof exchangeId === 'string' && isSecret(balancerSecret)) shelf.expect(exchangeId)
    else delete request.headers['x-authlab-exchange']
    app(request, response)
  }
}
