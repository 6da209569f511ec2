import { HOP_BY_HOP } from '../../protocol/hop-by-hop.ts'

/** Besides the hop's own: what the user agent states itself, from the address and the body it sends. */
const SET_HERE = new Set(['content-length', 'expect', 'host'])

/** A header as `[name, value]`. */
export type HeaderPair = [name: string, value: string]

/** Whether a message in somebody's name may carry this header (RFC 9110 §7.6.1). */
const isCarried = ([name]: HeaderPair): boolean => {
  const lower = name.toLowerCase()
  return !HOP_BY_HOP.has(lower) && !SET_HERE.has(lower) && !lower.startsWith('x-authlab-')
}

/** The client's own headers with those given laid over them: a name that is given replaces the client's. */
export function layOver(own: HeaderPair[], given: HeaderPair[]): HeaderPair[] {
  const carried = given.filter(isCarried)
  const names = new Set(carried.map(([name]) => name.toLowerCase()))
  return [...own.filter(([name]) => !names.has(name.toLowerCase())), ...carried]
}

/** Headers without one of them. */
export const without = (headers: HeaderPair[], ...names: string[]): HeaderPair[] =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()))
