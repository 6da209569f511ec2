/** What the Electron shell adds to the page as `window.desktop`. Every member is optional: the page works without any of them. */
export interface Desktop {
  /** Save text or octets by the system's dialog. Resolves to the chosen path, or null when cancelled. */
  saveFile?(suggestedName: string, contents: string | Uint8Array): Promise<string | null>
  /** Save a page as PDF by the system's dialog: HTML that needs nothing else, without scripts. Resolves to the chosen path, or null when cancelled. */
  savePdf?(suggestedName: string, html: string): Promise<string | null>
  /** Open a text file by the system's dialog. Resolves to null when cancelled. */
  openFile?(extensions: string[]): Promise<{ name: string; contents: string } | null>
  /** The same for a file of any kind. */
  openBinaryFile?(extensions: string[]): Promise<{ name: string; contents: Uint8Array } | null>
  /**
   * Open the presenter's notes in a window of their own, or bring it to the front.
   * `one-display`: there is no second display, so that whoever sees the first would read them; nothing is opened then unless it is asked `anyway`.
   */
  openNotes?(anyway: boolean): Promise<'opened' | 'one-display'>
  /** Open the target's portal, or the attacker's page while it is on, in a real browser window with its own cookie jar, in this client's name. */
  openClientWindow?(clientId: string, page?: ClientPage): Promise<void>
  /** How many requests to anything but this lab were blocked since the start. */
  blockedRequests?(): Promise<number>
  /** Called at once and on every change. Returns how to stop listening. */
  onBlockedRequests?(listener: (count: number) => void): () => void
  /** A menu command for the page; the names are those of the workbench's own commands. */
  onMenuCommand?(listener: (command: MenuCommand) => void): () => void
  platform?: 'linux' | 'darwin' | 'win32'
}

/** Where a client's window can be opened. */
export const CLIENT_PAGES = ['portal', 'attacker'] as const
/** Where a client's window can be opened. */
export type ClientPage = (typeof CLIENT_PAGES)[number]

/** The commands of the native menu that the page carries out. */
export const MENU_COMMANDS = [
  'command-palette',
  'export-har',
  'reset-lab',
  'toggle-theme',
  'toggle-language',
  'pause-clock',
  'real-time',
  'focus-filter',
  'save-snapshot',
  'open-snapshot',
  'save-checkpoint',
  'restore-checkpoint',
  'presenter-mode',
  'open-notes',
  'freeze-page',
] as const
/** A command of the native menu that the page carries out. */
export type MenuCommand = (typeof MENU_COMMANDS)[number]

/** The channels between the page's bridge and the shell. */
export const CHANNELS = {
  saveFile: 'desktop:save-file',
  savePdf: 'desktop:save-pdf',
  openFile: 'desktop:open-file',
  openBinaryFile: 'desktop:open-binary-file',
  openNotes: 'desktop:open-notes',
  openClientWindow: 'desktop:open-client-window',
  blockedRequests: 'desktop:blocked-requests',
  blockedRequestsChanged: 'desktop:blocked-requests-changed',
  menuCommand: 'desktop:menu-command',
} as const
