import type { StepKind } from '../../../contract/step.ts'
import type { CodeLanguage } from './highlight.ts'

/** What readings there are, and the steps each one is about. */
const TOPICS = {
  'session-cookie': ['cookie-parse', 'cookie-signature', 'session-lookup'],
  'session-lifetime': ['session-idle-timeout', 'session-absolute-timeout', 'session-touch'],
  'session-login': ['session-regenerate', 'session-write', 'session-overwrite', 'session-save-refused'],
  'session-logout': ['session-destroy'],
  password: ['account-lookup', 'password-verify', 'account-write'],
  'token-verify': [
    'authorization-parse',
    'token-decode',
    'token-encoding',
    'token-algorithm',
    'token-key',
    'token-signature',
    'token-type',
    'token-issuer',
    'token-audience',
    'token-not-before',
    'token-expiry',
  ],
  'token-issue': ['token-issue'],
  'token-revocation': ['token-denylist', 'token-account-not-before', 'token-version', 'account-recheck', 'token-revoke'],
  introspection: ['token-introspection', 'client-authentication'],
  refresh: ['refresh-lookup', 'refresh-binding', 'refresh-reuse', 'refresh-expiry', 'refresh-rotate', 'refresh-issue', 'refresh-revoke'],
  csrf: ['csrf'],
  authorization: ['role', 'scope'],
  'rate-limit': ['rate-limit'],
} as const

/** A reading: how the same thing is done elsewhere. */
export type Topic = keyof typeof TOPICS

/** The frameworks of a reading, in the order they are offered. */
export const FRAMEWORKS = ['express', 'flask', 'spring', 'go'] as const
/** A framework of a reading. */
export type Framework = (typeof FRAMEWORKS)[number]

const LANGUAGES: Readonly<Record<Framework, CodeLanguage>> = { express: 'javascript', flask: 'python', spring: 'java', go: 'go' }

/** The language that a framework is written in. */
export const languageOf = (framework: Framework): CodeLanguage => LANGUAGES[framework]

/** Every reading. */
export const TOPIC_NAMES = Object.keys(TOPICS) as Topic[]

/** The reading that belongs to a step; null when the step is the lab's or the balancer's own. */
export const topicOf = (kind: StepKind): Topic | null =>
  TOPIC_NAMES.find((topic) => (TOPICS[topic] as readonly string[]).includes(kind)) ?? null

const FILES = import.meta.glob<string>('./reading/*.md', { query: '?raw', import: 'default' })

/** The pieces of a reading: one fenced block a framework, its info string naming it. @throws Error when one is missing */
export function parseReading(markdown: string): Record<Framework, string> {
  const blocks = new Map([...markdown.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].map(([, name = '', code = '']) => [name, code]))
  const piece = (name: Framework): string => {
    const code = blocks.get(name)
    if (code === undefined) throw new Error(`The reading has no block for ${name}.`)
    return code
  }
  return { express: piece('express'), flask: piece('flask'), spring: piece('spring'), go: piece('go') }
}

/** The pieces of one topic. */
export async function readReading(topic: Topic): Promise<Record<Framework, string>> {
  const load = FILES[`./reading/${topic}.md`]
  if (!load) throw new Error(`There is no reading ${topic}.`)
  return parseReading(await load())
}
