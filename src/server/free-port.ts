import type { Notice } from '../contract/lab.ts'
import { LabError } from './errors.ts'

/** What a port is for. */
export interface PortWish {
  readonly name: 'control' | 'balancer'
  readonly port: number
  /** Asked for by flag: then a taken one is an error. */
  readonly isAsked: boolean
}

/** Opens the wished port; a default port that is taken moves to a free one, with a notice. */
export async function openPort<T extends { port: number }>(
  wish: PortWish,
  open: (port: number) => Promise<T>,
): Promise<{ opened: T; notices: Notice[] }> {
  try {
    return { opened: await open(wish.port), notices: [] }
  } catch (error) {
    if (wish.isAsked || !(error instanceof LabError && error.code === 'port-taken')) throw error
    const opened = await open(0)
    return { opened, notices: [{ code: 'port-moved', params: { what: wish.name, from: String(wish.port), to: String(opened.port) } }] }
  }
}
