import { transfersHtml } from './transfers-html.ts'

/** A transfer as its recipient sees it. */
export interface ReceivedTransfer {
  readonly id: string
  readonly from: string
  readonly amountCents: number
  /** Whatever the sender wrote. */
  readonly memo: string
  /** Lab time, Unix milliseconds. */
  readonly transferredAt: number
}

/** Sources of a Content-Security-Policy by directive. */
export type Policy = Readonly<Record<string, Iterable<string>>>

/** What the app is composed of where another choice can be made. The sound choice is {@link SOUND_PARTS}. */
export interface TargetParts {
  /** Content-Security-Policy of every answer. */
  readonly policy: Policy
  /** Items of an HTML list. */
  transfersHtml(transfers: readonly ReceivedTransfer[]): string
  /** Files of the portal's page in its folder, by the path that they are asked for under. */
  readonly portalFiles: Readonly<Record<string, string>>
  /** HTML at the top of the portal's page. */
  readonly portalNotice: string
}

/** The app as it should be. */
export const SOUND_PARTS: TargetParts = {
  policy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  transfersHtml,
  portalFiles: {
    '/': 'index.html',
    '/portal.css': 'portal.css',
    '/portal.js': 'portal.js',
    '/credential.js': 'credential.js',
  },
  portalNotice: '',
}
