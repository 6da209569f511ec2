import { useEffect, useRef } from 'react'
import type { MenuCommand } from '../../contract/desktop.ts'
import type { Screen } from './ui-state.ts'

/** Everything that a key, the native menu or the command palette can ask the page to do. */
export type CommandId =
  | MenuCommand
  | 'next-request'
  | 'previous-request'
  | 'open-request'
  | 'next-inspector-tab'
  | 'previous-inspector-tab'
  | 'toggle-inspector'
  | 'widen-inspector'
  | 'replay'
  | 'replay-as-mallory'
  | 'clear-traffic'
  | 'clock-back-15'
  | 'clock-back-1'
  | 'clock-ahead-1'
  | 'clock-ahead-15'
  | 'toggle-recording'
  | 'go-back'
  | `screen-${Screen}`

const handlers = new Map<CommandId, Array<() => void>>()

/** Carries out a command by whoever took it last. False when nobody on the page does it now. */
export function runCommand(id: CommandId): boolean {
  const handler = handlers.get(id)?.at(-1)
  handler?.()
  return handler !== undefined
}

/** True when somebody on the page carries out this command now. */
export const hasCommand = (id: CommandId): boolean => (handlers.get(id)?.length ?? 0) > 0

/** Takes a command for as long as the component is on the page. */
export function useCommand(id: CommandId, handler: () => void): void {
  const latest = useRef(handler)
  latest.current = handler
  useEffect(() => {
    const run = (): void => latest.current()
    handlers.set(id, [...(handlers.get(id) ?? []), run])
    return () => {
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((other) => other !== run),
      )
    }
  }, [id])
}
