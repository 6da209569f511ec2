import { setUi } from '../state/ui-state.ts'

const LOCK = 'authlab.notes'
const CHANNEL = 'authlab.presenter'

/** What the workbench and the notes tell each other. */
type Message = { readonly kind: 'notes-opened' } | { readonly kind: 'freeze'; readonly isFrozen: boolean } | { readonly kind: 'ask' }

const channel = new BroadcastChannel(CHANNEL)
const post = (message: Message): void => channel.postMessage(message)

/** The lock is let go of when its window is gone, however it went. */
async function followNotes(): Promise<void> {
  const { held = [] } = await navigator.locks.query()
  if (!held.some(({ name }) => name === LOCK)) return
  setUi({ areNotesElsewhere: true })
  await navigator.locks.request(LOCK, () => undefined)
  setUi({ areNotesElsewhere: false })
}

/** In the workbench: knows from now on whether the notes are in a window of their own, and does what that window asks. */
export function followNotesWindow(isFrozenNow: () => boolean): void {
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'notes-opened') void followNotes()
    else if (data.kind === 'freeze') setUi({ isFrozen: data.isFrozen })
    else tellFrozen(isFrozenNow())
  })
  void followNotes()
}

/** Tells the notes whether the page is frozen. */
export const tellFrozen = (isFrozen: boolean): void => post({ kind: 'freeze', isFrozen })

/** In the window of the notes: says that it is there for as long as it is, and hears whether the page is frozen. */
export function beNotesWindow(): void {
  void navigator.locks.request(LOCK, () => {
    post({ kind: 'notes-opened' })
    return new Promise<never>(() => undefined)
  })
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'freeze') setUi({ isFrozen: data.isFrozen })
  })
  post({ kind: 'ask' })
}
