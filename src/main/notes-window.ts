import { BrowserWindow, type Rectangle, screen } from 'electron'
import { z } from 'zod'
import type { Lab } from '../server/running-lab.ts'
import { type Fence, fenceContents } from './security.ts'
import { pagePreferences, pageUrl } from './window.ts'

/** Arguments of `openNotes`, as the page sends them. */
export const NotesArguments = z.tuple([z.boolean()])

const SIZE = { width: 900, height: 720 } as const
const MARGIN = 40

/** The presenter's notes, on a display that the workbench is not on: the same page, fenced as the workbench is, under its own address. */
export class NotesWindow {
  readonly #lab: Lab
  readonly #fence: Fence
  #window: BrowserWindow | null = null

  constructor(lab: Lab, fence: Fence) {
    this.#lab = lab
    this.#fence = fence
  }

  /** @param anyway also where there is one display, or all show the same */
  async open(workbench: BrowserWindow, anyway: boolean): Promise<'opened' | 'one-display'> {
    const present = this.#window
    if (present) {
      present.focus()
      return 'opened'
    }
    const other = otherDisplay(workbench)
    if (!other && !anyway) return 'one-display'
    const place = other ? { x: other.x + MARGIN, y: other.y + MARGIN } : {}
    const window = new BrowserWindow({ ...SIZE, ...place, title: 'AuthLab', backgroundColor: '#0C0E12', webPreferences: pagePreferences() })
    this.#window = window
    window.setMenuBarVisibility(false)
    window.on('closed', () => {
      this.#window = null
    })
    const closeAlong = (): void => {
      if (!window.isDestroyed()) window.close()
    }
    workbench.once('closed', closeAlong)
    fenceContents(window.webContents, this.#fence)
    // Nobody sees the address of this window; the page takes the token out of it at once.
    await window.loadURL(`${pageUrl(this.#lab)}&notes`)
    return 'opened'
  }
}

/** Work area of a display that the window is not on; null when there is none. Displays that mirror each other count as one. */
function otherDisplay(window: BrowserWindow): Rectangle | null {
  const own = screen.getDisplayMatching(window.getBounds())
  return screen.getAllDisplays().find(({ id }) => id !== own.id)?.workArea ?? null
}
