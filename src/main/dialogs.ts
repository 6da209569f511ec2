import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { app, type BrowserWindow, dialog } from 'electron'
import { z } from 'zod'
import { MAX_SNAPSHOT_OCTETS } from '../contract/snapshot.ts'
import { LabError } from '../server/errors.ts'
import type { MenuStrings } from './menu-strings.ts'

/** The largest file that is read into the page, octets. */
const MAX_OPENED_BYTES = 256 * 1024 * 1024
const MEBI = 1024 * 1024
/** How long a failed start from source shows its dialog: its terminal has the line as well. */
const SOURCE_DIALOG_MS = 10_000

/** Arguments of `saveFile`, as the page sends them. */
export const SaveArguments = z.tuple([z.string().min(1).max(255), z.union([z.string(), z.instanceof(Uint8Array)])])
/** Arguments of `openFile`, as the page sends them. */
export const OpenArguments = z.tuple([z.array(z.string().regex(/^[a-z0-9]{1,12}$/i)).max(10)])

/** Saves text or octets where the system's dialog says. Resolves to the path, or null when cancelled. */
export const saveFile = (window: BrowserWindow, [suggestedName, contents]: z.infer<typeof SaveArguments>): Promise<string | null> =>
  saveContents(window, suggestedName, contents)

/** Saves text or octets where the system's dialog says. Resolves to the path, or null when cancelled. */
export async function saveContents(window: BrowserWindow, suggestedName: string, contents: string | Uint8Array): Promise<string | null> {
  const defaultPath = join(app.getPath('downloads'), basename(suggestedName))
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath })
  if (canceled || !filePath) return null
  await writeFile(filePath, contents)
  return filePath
}

/** Reads the text file that the system's dialog picks. Resolves to null when cancelled. @throws LabError `too-large` */
export async function openFile(
  window: BrowserWindow,
  [extensions]: z.infer<typeof OpenArguments>,
): Promise<{ name: string; contents: string } | null> {
  const file = await pickFile(window, extensions, MAX_OPENED_BYTES)
  return file === null ? null : { name: basename(file), contents: await readFile(file, 'utf8') }
}

/** The same for a file of any kind. */
export async function openBinaryFile(
  window: BrowserWindow,
  [extensions]: z.infer<typeof OpenArguments>,
): Promise<{ name: string; contents: Uint8Array } | null> {
  const file = await pickFile(window, extensions, MAX_SNAPSHOT_OCTETS)
  return file === null ? null : { name: basename(file), contents: await readFile(file) }
}

/** @param most octets */
async function pickFile(window: BrowserWindow, extensions: string[], most: number): Promise<string | null> {
  const filters = extensions.length > 0 ? [{ name: extensions.join(', '), extensions }] : []
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'], filters })
  const file = filePaths[0]
  if (canceled || file === undefined) return null
  if ((await stat(file)).size > most) throw new LabError('too-large', `${basename(file)} is larger than ${most / MEBI} MiB.`)
  return file
}

/** Says why there is no lab. Not `showErrorBox`: that one blocks signals as long as it stands. */
export async function showCannotStart(words: MenuStrings, reason: string): Promise<void> {
  const shown = dialog.showMessageBox({ type: 'error', title: 'AuthLab', message: words.cannotStart, detail: reason, buttons: ['OK'] })
  if (app.isPackaged) await shown
  else await Promise.race([shown, new Promise((done) => setTimeout(done, SOURCE_DIALOG_MS))])
}

/** Offers to reload a page whose process is gone. Resolves to whether to reload; otherwise to quit. */
export async function askForReload(window: BrowserWindow, words: MenuStrings): Promise<boolean> {
  const { message, detail, reload } = words.crashed
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'AuthLab',
    message,
    detail,
    buttons: [reload, words.quit],
  })
  return response === 0
}
