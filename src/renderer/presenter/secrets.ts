import type { Client } from '../../contract/clients.ts'
import type { Exchange, HttpMessage } from '../../contract/exchanges.ts'
import { SECRET_NAMES } from '../../protocol/hide-secrets.ts'

/** What stands in the place of a secret while the page is presented. */
export const MASK = '••••••'

/** Shorter than this nothing is sought: it would be found everywhere. */
const LEAST = 8
/** What a name in a body says is a secret is one from this length on. */
const LEAST_NAMED = 4

/** A compact JWS, or the beginning of one (RFC 7515 §7.1: its header begins with `{"`). */
const JWS = /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}/g
/** Something that is shown by its beginning and its end. */
const ELIDED = /([\w%:.+/=-]{2,})…([\w%:.+/=-]*)/g

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** All forms in which a cookie's value or a token is drawn: as it is, decoded, and its parts (raw id, header, payload, signature). */
function formsOf(secret: string): string[] {
  const plain = decoded(secret)
  const bare = plain.replace(/^s:/, '')
  return [secret, plain, bare, ...bare.split('.')].filter((form) => form.length >= LEAST)
}

function fromHeader(name: string, value: string): string[] {
  const field = name.toLowerCase()
  if (field === 'cookie') return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
  if (field === 'set-cookie') return [value.slice(value.indexOf('=') + 1).split(';')[0] ?? '']
  if (field === 'authorization' || field === 'proxy-authorization') return [value.replace(/^\S+\s+/, '')]
  return field === 'x-csrf-token' || field === 'x-xsrf-token' ? [value] : []
}

const NAMES: ReadonlySet<string> = new Set(SECRET_NAMES.map((name) => name.toLowerCase()))

function fromJson(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' ? (NAMES.has(name.toLowerCase()) ? [member] : []) : fromJson(member),
  )
}

function fromBody(body: string): string[] {
  try {
    return fromJson(JSON.parse(body))
  } catch {
    return [...new URLSearchParams(body)].flatMap(([name, value]) => (NAMES.has(name.toLowerCase()) ? [value] : []))
  }
}

const fromMessage = ({ headers, body }: HttpMessage): { whole: string[]; named: string[] } => ({
  whole: headers.flatMap(([name, value]) => fromHeader(name, value)),
  named: fromBody(body),
})

/** The secrets that this page has been given, and text without them. They are only added: what was one yesterday may still be drawn. */
export class KnownSecrets {
  readonly #forms = new Set<string>()
  #shortest = Number.POSITIVE_INFINITY

  addClient({ account, cookies, vault, discarded }: Client): void {
    for (const { value } of cookies) this.#add(value)
    for (const { token } of [...vault, ...discarded]) this.#add(token)
    this.#addForm(`${account}-pass`)
  }

  addExchange({ request, response, path }: Exchange): void {
    for (const message of [request, response]) {
      const { whole, named } = fromMessage(message)
      for (const secret of whole) this.#add(secret)
      for (const secret of named) {
        this.#add(secret)
        if (secret.length >= LEAST_NAMED) this.#addForm(secret)
      }
    }
    for (const secret of fromBody(path.slice(path.indexOf('?') + 1))) this.#add(secret)
  }

  /** The text with a mask in the place of every secret; the text itself when there is none in it. */
  mask(text: string): string {
    if (text.length < LEAST_NAMED) return text
    let masked = text.includes('…')
      ? text.replace(ELIDED, (shown, start: string, end: string) => (this.#isElided(start, end) ? MASK : shown))
      : text
    if (masked.includes('eyJ')) masked = masked.replace(JWS, MASK)
    if (masked.length >= this.#shortest) for (const form of this.#forms) if (masked.includes(form)) masked = masked.replaceAll(form, MASK)
    return masked
  }

  #isElided(start: string, end: string): boolean {
    for (const form of this.#forms) if (form.length > start.length + end.length && form.startsWith(start) && form.endsWith(end)) return true
    return start.startsWith('eyJ')
  }

  #add(secret: string): void {
    for (const form of formsOf(secret)) this.#addForm(form)
  }

  #addForm(form: string): void {
    this.#forms.add(form)
    this.#shortest = Math.min(this.#shortest, form.length)
  }
}
