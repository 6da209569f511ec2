import { createORPCClient, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { API_BASE, contract } from '../contract/index.ts'

const TOKEN_KEY = 'authlab.token'

/** This is the window of the presenter's notes. */
export const isNotesPage = new URLSearchParams(location.hash.slice(1)).has('notes')

/** Takes the token out of `#token=...`, so that it is in no bookmark, screenshot or history entry, and keeps it for this tab only. */
function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given)
    history.replaceState(null, '', location.pathname + location.search + (isNotesPage ? '#notes' : ''))
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY)
}

/** The bearer token of the control API; null when the page was opened without its link. */
export const token = takeToken()

/** Address of the control API. */
export const apiUrl = `${location.origin}${API_BASE}`

/** Header that every call to the control API carries. */
export const authorization = (): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {})

/** Typed client of the control API. Calls answer with an id or a small value; state comes by the event stream. */
export const api: JsonifiedClient<ContractRouterClient<typeof contract>> = createORPCClient(
  new OpenAPILink(contract, { url: apiUrl, headers: authorization }),
)

const text = (value: unknown, ...names: string[]): string | null => {
  if (typeof value !== 'object' || value === null) return null
  for (const name of names) {
    const found = (value as Record<string, unknown>)[name]
    if (typeof found === 'string' && found !== '') return found
  }
  return null
}

/** The server's own words for why a call failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof ORPCError) {
    const body = text(error.data, 'body') === null ? (error.data as { body?: unknown } | undefined)?.body : null
    return text(body, 'detail', 'message', 'title') ?? text(error.data, 'detail', 'message') ?? error.message
  }
  return error instanceof Error ? error.message : String(error)
}

/** True when the server refused the token. */
export const isUnauthorized = (error: unknown): boolean => error instanceof ORPCError && error.status === 401
