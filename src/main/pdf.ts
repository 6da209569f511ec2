import { randomUUID } from 'node:crypto'
import { BrowserWindow, session } from 'electron'
import { z } from 'zod'
import { saveContents } from './dialogs.ts'
import { fenceContents, fenceSession } from './security.ts'

/** Larger than any page of a report. Chromium takes 2 MiB in an address. */
const MAX_HTML = 1024 * 1024

/** Arguments of `savePdf`, as the page sends them. */
export const PdfArguments = z.tuple([z.string().min(1).max(255), z.string().max(MAX_HTML)])

/** A page that may load nothing and go nowhere. */
const CLOSED = { isRequestAllowed: () => false, isPageAllowed: () => false, onBlocked: () => undefined }

/** Prints HTML in a window that nobody sees: no script runs in it, and nothing can be loaded. */
async function print(html: string): Promise<Uint8Array> {
  const own = session.fromPartition(`print-${randomUUID()}`)
  await fenceSession(own, CLOSED)
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: own, sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
  })
  try {
    fenceContents(window.webContents, CLOSED)
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`)
    return await window.webContents.printToPDF({ pageSize: 'A4', printBackground: true, preferCSSPageSize: true })
  } finally {
    window.destroy()
  }
}

/** Prints HTML and saves it where the system's dialog says. Resolves to the path, or null when cancelled. */
export async function savePdf(window: BrowserWindow, [suggestedName, html]: z.infer<typeof PdfArguments>): Promise<string | null> {
  return saveContents(window, suggestedName, await print(html))
}
