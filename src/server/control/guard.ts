import type { RequestHandler } from 'express'
import helmet from 'helmet'
import { httpOrigin, parseHost } from '../../protocol/host.ts'
import { createSecretCheck } from '../secret-check.ts'
import { refuse } from './answers.ts'

/** The names that this port answers to; a rebound DNS name is none of them. */
const HOSTS = ['127.0.0.1', 'localhost'] as const

/** Refuses a request that was meant for another host (RFC 9110 §15.5.20), which is what DNS rebinding looks like from here. */
export const requireOwnHost = (port: () => number): RequestHandler => {
  return (request, response, next) => {
    // The parsed headers hold the first of two alone (RFC 9112 §3.2: a request has one).
    const [given = '', ...more] = request.headersDistinct['host'] ?? []
    const host = more.length === 0 ? parseHost(given) : null
    if (host?.port === port() && HOSTS.some((name) => host.name === name)) next()
    else refuse(response, 421, { message: 'This is the control plane of AuthLab on 127.0.0.1; it answers to no other name.' })
  }
}

/** Refuses a request that a page of another origin makes; requests without `Origin` come from no page or need no guard here. */
export const requireOwnOrigin = (port: () => number): RequestHandler => {
  return (request, response, next) => {
    const origin = request.headers.origin
    if (origin === undefined || HOSTS.some((name) => origin === httpOrigin(`${name}:${port()}`))) next()
    else refuse(response, 403, { message: 'Only the workbench itself may call the control plane.' })
  }
}

/** Asks for the bearer token of this run (RFC 6750 §2.1), compared in constant time. */
export const requireToken = (token: string): RequestHandler => {
  const isToken = createSecretCheck(token)
  return (request, response, next) => {
    const [credential = '', ...more] = request.headersDistinct['authorization'] ?? []
    const given = more.length === 0 ? /^Bearer ([\w-]+)$/i.exec(credential)?.[1] : undefined
    if (isToken(given)) return next()
    response.setHeader('WWW-Authenticate', 'Bearer')
    refuse(response, 401, { message: 'The control API takes the bearer token of the line AUTHLAB_READY.' })
  }
}

/** What a browser must hold a page of the control port to: no code but ours, no other host, no frame around it. */
export const pageHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // Positions of rows and splitters are style attributes; they run nothing.
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        // Vite puts small font files into the style sheet.
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Plain HTTP on the own machine: there is no TLS to insist on.
    strictTransportSecurity: false,
  })
