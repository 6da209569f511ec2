import { notifications } from '@mantine/notifications'
import { useCallback, useRef, useState } from 'react'
import { reasonOf } from '../api.ts'
import { i18n } from '../i18n/index.ts'

const closeButton = () => ({ closeButtonProps: { 'aria-label': i18n.t('app:dismiss') } })

/** Says in an ink notification why something did not work. */
export function notifyFailure(error: unknown): void {
  notifications.show({ title: i18n.t('app:actionFailed'), message: reasonOf(error), withBorder: true, autoClose: 10_000, ...closeButton() })
}

/** Says that something worked, where nothing else on the page shows it. */
export const notify = (message: string): void => {
  notifications.show({ message, withBorder: true, autoClose: 4000, ...closeButton() })
}

interface Actions {
  /** Name of the action that runs, or null. */
  readonly busy: string | null
  /** Runs one action at a time; a failure becomes a notification. Resolves to undefined when it failed. */
  run<T>(name: string, action: () => Promise<T>): Promise<T | undefined>
}

/** Runs actions on the lab one at a time and tells which one is running. */
export function useActions(): Actions {
  const [busy, setBusy] = useState<string | null>(null)
  const running = useRef(false)
  const run = useCallback(async <T>(name: string, action: () => Promise<T>): Promise<T | undefined> => {
    if (running.current) return undefined
    running.current = true
    setBusy(name)
    try {
      return await action()
    } catch (error) {
      notifyFailure(error)
      return undefined
    } finally {
      running.current = false
      setBusy(null)
    }
  }, [])
  return { busy, run }
}
