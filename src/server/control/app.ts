/**
 * The control plane: whoever commands it reads every credential of the lab and acts as any client.
 *
 * Who may: the person who started the lab, and what that person gives the token to.
 * Who may not, and what stops them:
 * - Another machine: the port is bound to 127.0.0.1.
 * - A web page elsewhere, in the same browser: it has no token (a random one a run, in the URL fragment, which no server and no `Referer` sees),
 *   its `Origin` is refused (403), and no CORS header is ever sent.
 * - A page whose name was rebound to 127.0.0.1: its `Host` is refused (421).
 * - The app under study on its own port: cookies ignore ports, so the control plane neither sets nor reads one.
 * - Script smuggled into recorded traffic: the page's policy runs no code but the workbench's own files, and calls no other host.
 * - A frame around the workbench: `frame-ancestors 'none'`.
 * - A flood of input: bodies over 1 MiB are refused (413); an archive of traffic may have 20 MiB, and a snapshot 1 GiB, which goes to the disk.
 * Out of reach: programs of the same user; they can read this process's memory anyway.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OpenAPIHandler } from '@orpc/openapi/node'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express'
import { MAX_HAR_OCTETS } from '../../contract/assessment.ts'
import { API_BASE } from '../../contract/index.ts'
import { rendererUrl } from '../assets.ts'
import { refuse } from './answers.ts'
import { toAnswer } from './errors.ts'
import { EventStream } from './event-stream.ts'
import { pageHeaders, requireOwnHost, requireOwnOrigin, requireToken } from './guard.ts'
import type { LabParts } from './lab-parts.ts'
import { openApiDocument } from './openapi.ts'
import { router } from './router.ts'
import { snapshotFiles } from './snapshot-files.ts'

const MAX_BODY = '1mb'

/** How the control plane is made. */
export interface ControlOptions {
  /** The lab that commands are for, now. */
  lab(): LabParts
  readonly token: string
  /** The port it listens on, known once it does. */
  port(): number
}

/** Everything that the control port answers. */
export interface ControlApp {
  readonly app: Express
  /** Ends the event streams. */
  close(): void
}

const notFound: RequestHandler = (_request, response) => refuse(response, 404, { message: 'There is nothing at this address.' })

const statusOf = (error: unknown): number =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500

/** Of the body that was too large, octets. */
const limitOf = (error: unknown): number =>
  error instanceof Error && 'limit' in error && typeof error.limit === 'number' ? error.limit : 1024 * 1024

const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  const status = statusOf(error)
  if (status === 413) refuse(response, 413, { message: `The body is larger than ${limitOf(error) / 1024 / 1024} MiB.` })
  else if (status === 415) refuse(response, 415, { message: 'This encoding of the body is not supported.' })
  else if (status >= 400 && status < 500) refuse(response, 400, { message: 'The request cannot be read: its body has to be JSON.' })
  else {
    console.error(error)
    refuse(response, 500, { message: 'The lab failed at this; its own output says why.' })
  }
}

function createApi({ lab, token }: ControlOptions, stream: EventStream): Router {
  const handler = new OpenAPIHandler(router, {
    clientInterceptors: [
      async ({ next }) => {
        try {
          return await next()
        } catch (error) {
          throw toAnswer(error)
        }
      },
    ],
  })
  const api = express.Router()
  api.use(requireToken(token))
  api.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store')
    next()
  })
  api.get('/events', stream.handler)
  api.use(snapshotFiles(lab))
  const document = openApiDocument(lab().version)
  api.get('/openapi.json', async (_request, response) => {
    response.json(await document)
  })
  // An archive of traffic is larger than anything else that is sent here.
  api.use('/assessment/har', express.json({ limit: MAX_HAR_OCTETS, strict: false, type: () => true }))
  // oRPC takes a body that is parsed already; its own reader knows no limit.
  api.use(express.json({ limit: MAX_BODY, strict: false, type: () => true }))
  api.use(async (request, response, next) => {
    const { matched } = await handler.handle(request, response, { prefix: API_BASE, context: { lab: lab() } })
    if (!matched) next()
  })
  api.use(notFound)
  return api
}

/** The built workbench; every address without a file is the page, which finds its own way. */
function createPage(): Router {
  const folder = fileURLToPath(rendererUrl())
  const page = express.Router()
  // File names in assets/ carry a hash of the contents.
  page.use('/assets', express.static(join(folder, 'assets'), { index: false, immutable: true, maxAge: '1y', fallthrough: true }), notFound)
  page.use(
    express.static(folder, {
      index: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache'),
    }),
  )
  page.get('/{*path}', (request, response, next) => {
    if (!request.accepts('html') || /\.\w+$/.test(request.path)) return next()
    if (!existsSync(join(folder, 'index.html'))) {
      response.status(503).type('text/plain').send('The workbench is not built yet: run `npm run build`, then load this page again.\n')
      return
    }
    response.sendFile('index.html', { root: folder, cacheControl: false, headers: { 'Cache-Control': 'no-store' } })
  })
  page.use(notFound)
  return page
}

/** Makes the control plane's app; see the top of this file for whom it lets in. */
export function createControlApp(options: ControlOptions): ControlApp {
  const stream = new EventStream(options.lab().log)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(pageHeaders(), requireOwnHost(options.port), requireOwnOrigin(options.port))
  app.use(API_BASE, createApi(options, stream))
  app.use(createPage())
  app.use(onError)
  return { app, close: () => stream.close() }
}
