import { app, type BrowserWindow } from 'electron'
import { CHANNELS } from '../contract/desktop.ts'
import { type Config, ConfigError, parseConfig } from '../server/config.ts'
import { LabError } from '../server/errors.ts'
import { startLab } from '../server/lab.ts'
import { openBrowser } from '../server/open-browser.ts'
import { outliveReaders } from '../server/outlive-readers.ts'
import type { Lab } from '../server/running-lab.ts'
import { ownFlags } from './arguments.ts'
import { ClientWindows } from './client-windows.ts'
import { showCannotStart } from './dialogs.ts'
import { answerPage } from './ipc.ts'
import { setMenu } from './menu.ts'
import { menuStrings } from './menu-strings.ts'
import { NotesWindow } from './notes-window.ts'
import { closeLabOnQuit } from './quit.ts'
import { systemSecretBox } from './secret-box.ts'
import { BlockedCount, silenceChromium } from './security.ts'
import { placeUserData } from './user-data.ts'
import { openWindow, workbenchFence } from './window.ts'

const EXIT = { ok: 0, failed: 1, badFlag: 2 } as const

const say = (message: string): void => {
  process.stderr.write(`authlab: ${message.replaceAll(/\s*\n\s*/g, ' ')}\n`)
}

let exitCode: number = EXIT.ok
let window: BrowserWindow | null = null
let isQuitting = false

/** The configuration, or null when the command line has been answered already. */
function readConfig(): Config | null {
  try {
    const parsed = parseConfig(ownFlags(process.argv, process.defaultApp === true), process.env)
    if (!('help' in parsed) && !('version' in parsed)) return parsed
    process.stdout.write('help' in parsed ? parsed.help : `${parsed.version}\n`)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    say(error.message)
    exitCode = EXIT.badFlag
  }
  return null
}

/** Everything around a running lab, in order. */
async function show(lab: Lab, config: Config): Promise<void> {
  const words = menuStrings(app.getLocale())
  const toPage = (channel: string, value: unknown): void => {
    if (window && !window.isDestroyed()) window.webContents.send(channel, value)
  }
  const blocked = new BlockedCount((count) => toPage(CHANNELS.blockedRequestsChanged, count))
  const onBlocked = (): void => blocked.add()
  for (const { code, params } of lab.notices) say(`${code} ${JSON.stringify(params)}`)
  if (config.mode !== 'browser') {
    const fence = workbenchFence(lab, onBlocked)
    const notes = new NotesWindow(lab, fence)
    answerPage({ window: () => window, fence, clientWindows: new ClientWindows(lab, onBlocked), notes, blocked })
    setMenu(words, (command) => toPage(CHANNELS.menuCommand, command))
    window = await openWindow(lab, fence, words)
  } else if (config.shouldOpen) openBrowser(lab.workbenchUrl, () => say(`Open ${lab.workbenchUrl} in a browser.`))
  process.stdout.write(`AUTHLAB_READY ${JSON.stringify(lab.ready)}\n`)
}

async function fail(error: unknown): Promise<void> {
  exitCode = EXIT.failed
  const reason = error instanceof LabError ? error.message : 'Something unexpected happened; the details are on the error output.'
  if (!(error instanceof LabError)) console.error(error)
  say(reason)
  await app.whenReady()
  await showCannotStart(menuStrings(app.getLocale()), reason)
  app.exit(EXIT.failed)
}

async function run(config: Config): Promise<void> {
  try {
    placeUserData(config)
    if (!app.requestSingleInstanceLock()) {
      say('AuthLab already runs on this folder; its window was brought to the front. Another one: --fresh or --data-dir DIR.')
      return app.exit(EXIT.ok)
    }
    app.on('second-instance', () => {
      if (window?.isMinimized()) window.restore()
      window?.focus()
    })
    // Beside Chromium's own start, not after it.
    const mode = config.mode === 'browser' ? 'browser' : 'desktop'
    const starting = startLab({ ...config, mode }, { secretBox: systemSecretBox() })
    closeLabOnQuit(starting, () => exitCode)
    const [lab] = await Promise.all([starting, app.whenReady()])
    await show(lab, config)
  } catch (error) {
    // A page that quitting cuts short is no failure.
    if (!isQuitting) await fail(error)
  }
}

outliveReaders()
const config = readConfig()
if (!config) app.exit(exitCode)
else {
  silenceChromium()
  if (!config.isSandboxed) app.commandLine.appendSwitch('no-sandbox')
  app.on('before-quit', () => {
    isQuitting = true
  })
  app.on('window-all-closed', () => {
    if (window !== null) app.quit()
  })
  void run(config)
}
