import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { z } from 'zod'
import { CHANNELS } from '../contract/desktop.ts'
import { LabError } from '../server/errors.ts'
import { ClientArguments, type ClientWindows } from './client-windows.ts'
import { OpenArguments, openBinaryFile, openFile, SaveArguments, saveFile } from './dialogs.ts'
import { NotesArguments, type NotesWindow } from './notes-window.ts'
import { PdfArguments, savePdf } from './pdf.ts'
import type { BlockedCount, Fence } from './security.ts'

/** What answers the page. */
export interface Answering {
  /** The workbench's window. */
  window(): BrowserWindow | null
  fence: Fence
  clientWindows: ClientWindows
  notes: NotesWindow
  blocked: BlockedCount
}

/** The workbench's window when the call comes from its main frame on an allowed page. @throws LabError `forbidden` */
function senderWindow(event: IpcMainInvokeEvent, { window, fence }: Answering): BrowserWindow {
  const own = window()
  const frame = event.senderFrame
  const isOwn = own !== null && frame !== null && frame === own.webContents.mainFrame
  if (!isOwn || !URL.canParse(frame.url) || !fence.isPageAllowed(new URL(frame.url))) {
    throw new LabError('forbidden', 'Only the workbench may ask for this.')
  }
  return own
}

/** Answers the page's calls; every sender and every argument is checked. */
export function answerPage(answering: Answering): void {
  function answer<T>(channel: string, schema: z.ZodType<T>, act: (window: BrowserWindow, args: T) => unknown): void {
    ipcMain.handle(channel, (event, ...args) => act(senderWindow(event, answering), schema.parse(args)))
  }
  answer(CHANNELS.saveFile, SaveArguments, saveFile)
  answer(CHANNELS.savePdf, PdfArguments, savePdf)
  answer(CHANNELS.openFile, OpenArguments, openFile)
  answer(CHANNELS.openBinaryFile, OpenArguments, openBinaryFile)
  answer(CHANNELS.openNotes, NotesArguments, (window, [anyway]) => answering.notes.open(window, anyway))
  answer(CHANNELS.openClientWindow, ClientArguments, (_window, [clientId, page]) => answering.clientWindows.open(clientId, page))
  answer(CHANNELS.blockedRequests, z.tuple([]), () => answering.blocked.count)
}
