import type { Exchange } from '../../../contract/exchanges.ts'

/** Set by curl itself, or meaningless in another connection. */
const LEFT_OUT = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding', 'keep-alive'])

/** Quotes for a POSIX shell: nothing inside single quotes is special but the quote itself. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The request as a curl command, credential included. A body that was cut or is not text is left out. */
export function toCurl(exchange: Exchange, origin: string): string {
  const { method, path, request } = exchange
  const parts = ['curl -i', `-X ${quote(method)}`]
  for (const [name, value] of request.headers) {
    if (!LEFT_OUT.has(name.toLowerCase())) parts.push(`-H ${quote(`${name}: ${value}`)}`)
  }
  if (request.body !== '' && request.bodyEncoding === 'utf8' && !request.isBodyCut) parts.push(`--data-raw ${quote(request.body)}`)
  parts.push(quote(`${origin.replace(/\/$/, '')}${path}`))
  return parts.join(' \\\n  ')
}
