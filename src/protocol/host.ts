/** What a `Host` field or the authority of a request target says. */
export interface Host {
  /** In lower case; an IPv6 address with its brackets. */
  name: string
  port: number
}

/** RFC 9110 §4.2.1: what an absent or empty port of http stands for. */
const HTTP_PORT = 80
/** `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2). */
const HOST = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::(\d*))?$/i

/** Reads a `Host` field of plain http; null when it is none (RFC 9112 §3.2 has that refused with 400). */
export const parseHost = (value: string): Host | null => {
  const [, name, port] = HOST.exec(value) ?? []
  return name === undefined ? null : { name: name.toLowerCase(), port: port ? Number(port) : HTTP_PORT }
}

/** The origin (RFC 6454 §6.2) of what plain http serves under a `Host` field; null when the field is none. */
export const httpOrigin = (hostField: string): string | null => {
  const host = parseHost(hostField)
  if (!host || host.name === '') return null
  return host.port === HTTP_PORT ? `http://${host.name}` : `http://${host.name}:${host.port}`
}

/** Whether a name stands for this machine itself and can be nobody's in the DNS (RFC 6761 §6.3). */
export const isLoopbackName = (name: string): boolean =>
  name === '127.0.0.1' || name === '[::1]' || name === 'localhost' || /^(?:[a-z\d-]+\.)+localhost$/.test(name)
