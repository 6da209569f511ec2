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
  const url = URL.createObjectURL(new Blob([contents], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return true
}
