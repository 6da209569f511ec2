/** Somebody or something that sends or gets a message. */
export interface Participant {
  /** `client:…`, `balancer`, `node:…` or `store:…`. */
  readonly id: string
  readonly kind: 'client' | 'attacker' | 'balancer' | 'node' | 'store'
  readonly name: string
  /** What it is built with; null when its name says enough. */
  readonly detail: string | null
}

/** Class of a mechanism's accent. */
export type Accent = 'ses' | 'jwt' | 'plain'
/** Allowed, denied, or no verdict on the credential. */
export type Tone = 'ok' | 'no' | 'neutral'

/** Something that went from one participant to another, or to itself. */
export interface Message {
  readonly type: 'message'
  readonly from: string
  readonly to: string
  /** What it is, and below it what it carried. */
  readonly lines: readonly string[]
  /** `lost`: it did not arrive, or nothing came of it. `later`: nobody waited for it. */
  readonly way: 'call' | 'reply' | 'lost' | 'later'
  readonly accent: Accent
  /** Set on a verdict alone. */
  readonly tone: Tone | null
}

/** What a participant found out by itself. */
export interface Remark {
  readonly type: 'remark'
  readonly over: string
  readonly lines: ReadonlyArray<{ readonly outcome: 'pass' | 'fail' | 'info'; readonly text: string }>
}

/** Where an exchange begins. */
export interface Opening {
  readonly type: 'opening'
  readonly exchange: string
  readonly text: string
  readonly accent: Accent
}

/** One thing that happened, in the order it did. */
export type Item = Opening | Message | Remark

/** What went between whom, in order. */
export interface Sequence {
  readonly participants: readonly Participant[]
  readonly items: readonly Item[]
}

/** An en space: the signs come from a fallback font and are broader than they claim. */
const SIGNS = { pass: '✓\u2002', fail: '✗\u2002', info: '' } as const

/** A remark's line, with a sign where something was judged. */
export const remarkLine = ({ outcome, text }: Remark['lines'][number]): string => `${SIGNS[outcome]}${text}`
