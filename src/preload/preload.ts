import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import { CHANNELS, type Desktop, MENU_COMMANDS } from '../contract/desktop.ts'

/** Listens on one channel. Returns how to stop. */
function listen(channel: string, listener: (value: unknown) => void): () => void {
  const forward = (_event: IpcRendererEvent, value: unknown): void => listener(value)
  ipcRenderer.on(channel, forward)
  return () => ipcRenderer.removeListener(channel, forward)
}

const { platform } = process

contextBridge.exposeInMainWorld('desktop', {
  saveFile: (suggestedName, contents) => ipcRenderer.invoke(CHANNELS.saveFile, suggestedName, contents),
  savePdf: (suggestedName, html) => ipcRenderer.invoke(CHANNELS.savePdf, suggestedName, html),
  openFile: (extensions) => ipcRenderer.invoke(CHANNELS.openFile, extensions),
  openBinaryFile: (extensions) => ipcRenderer.invoke(CHANNELS.openBinaryFile, extensions),
  openNotes: (anyway) => ipcRenderer.invoke(CHANNELS.openNotes, anyway),
  openClientWindow: (clientId, page = 'portal') => ipcRenderer.invoke(CHANNELS.openClientWindow, clientId, page),
  blockedRequests: () => ipcRenderer.invoke(CHANNELS.blockedRequests),
  onBlockedRequests(listener) {
    const stop = listen(CHANNELS.blockedRequestsChanged, (count) => listener(Number(count)))
    void ipcRenderer.invoke(CHANNELS.blockedRequests).then((count) => listener(Number(count)))
    return stop
  },
  onMenuCommand: (listener) =>
    listen(CHANNELS.menuCommand, (value) => {
      const command = MENU_COMMANDS.find((name) => name === value)
      if (command) listener(command)
    }),
  platform: platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : undefined,
} satisfies Desktop)
