import { notifications } from '@mantine/notifications'
import { createElement } from 'react'
import { MAX_SNAPSHOT_OCTETS, type Restored, SNAPSHOT_EXTENSION } from '../../contract/snapshot.ts'
import { api } from '../api.ts'
import { openBlob, saveBlob } from '../desktop.ts'
import { say } from '../i18n/say.ts'
import { notify, notifyFailure } from './act.ts'
import { queries } from './queries.ts'
import { selectExchange } from './ui-state.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** What a checkpoint is called unless somebody names it: its real time of day. */
export function defaultName(): string {
  const now = new Date()
  return say('presenter:checkpointDefault', { time: `${two(now.getHours())}:${two(now.getMinutes())}` })
}

const readCheckpointsAgain = (): void => void queries.invalidateQueries({ queryKey: ['checkpoints'] })

/** Says what came of it, and offers the lab of before. */
function tellRestored({ from, undo, leftOut }: Restored): void {
  selectExchange(null)
  readCheckpointsAgain()
  const id = notifications.show({
    withBorder: true,
    autoClose: 12_000,
    message: createElement(
      'div',
      { className: 'undo' },
      createElement(
        'div',
        null,
        createElement('b', null, from.name === null ? say('presenter:restoredFile') : say('presenter:restored', { name: from.name })),
        ...leftOut.map((part) => createElement('p', { key: part }, say(`presenter:leftOut.${part}`))),
      ),
      createElement(
        'button',
        {
          type: 'button',
          className: 'btn sm',
          onClick: () => {
            notifications.hide(id)
            void restoreCheckpoint(undo)
          },
        },
        say('presenter:undo'),
      ),
    ),
    closeButtonProps: { 'aria-label': say('app:dismiss') },
  })
}

/** Puts the lab back to a checkpoint; without an id to the last that was saved. A failure becomes a notification. */
export const restoreCheckpoint = (id = 'last'): Promise<void> => api.checkpoints.restore({ id }).then(tellRestored, notifyFailure)

/** Keeps the lab as it is now. A failure becomes a notification. */
export async function saveCheckpoint(name = defaultName()): Promise<void> {
  try {
    const saved = await api.checkpoints.save({ name })
    readCheckpointsAgain()
    notify(say('presenter:checkpointSaved', { name: saved.name ?? '' }))
  } catch (error) {
    notifyFailure(error)
  }
}

/** Saves the whole lab as a file. A failure becomes a notification. */
export async function saveSnapshot(secrets: 'with' | 'without' = 'with'): Promise<void> {
  try {
    const file = await api.snapshot.save({ secrets })
    if (await saveBlob(file.name, file)) notify(say(secrets === 'with' ? 'presenter:saved' : 'presenter:savedWithout'))
  } catch (error) {
    notifyFailure(error)
  }
}

/** Asks for a file and puts its lab in the place of this one. A failure becomes a notification. */
export async function openSnapshot(): Promise<void> {
  try {
    const file = await openBlob(SNAPSHOT_EXTENSION)
    if (file === null) return
    if (file.size > MAX_SNAPSHOT_OCTETS) throw new Error(say('presenter:tooLarge', { name: file.name }))
    tellRestored(await api.snapshot.restore(file))
  } catch (error) {
    notifyFailure(error)
  }
}
