import type { Desktop } from '../contract/desktop.ts'

declare global {
  interface Window {
    desktop?: Desktop
  }
}

/** What the Electron shell offers; an empty object in a browser. */
export const desktop: Desktop = window.desktop ?? {}

/** Saves text by the system's dialog, or as a download in a browser. Resolves to false when cancelled. */
export async function saveText(name: string, contents: string): Promise<boolean> {
  if (desktop.saveFile) return (await desktop.saveFile(name, contents)) !== null
  download(name, new Blob([contents], { type: 'application/json' }))
  return true
}

/** The same for octets. */
export async function saveBlob(name: string, contents: Blob): Promise<boolean> {
  if (desktop.saveFile) return (await desktop.saveFile(name, new Uint8Array(await contents.arrayBuffer()))) !== null
  download(name, contents)
  return true
}

/** Opens a file by the system's dialog, or by the browser's. Resolves to null when cancelled. @param extension without the dot */
export async function openBlob(extension: string): Promise<File | null> {
  if (!desktop.openBinaryFile) return pickFile(`.${extension}`)
  const opened = await desktop.openBinaryFile([extension])
  return opened && new File([new Uint8Array(opened.contents)], opened.name)
}

function pickFile(accept: string): Promise<File | null> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null))
    input.addEventListener('cancel', () => resolve(null))
    input.click()
  })
}

function download(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
