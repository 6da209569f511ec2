import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { MenuCommand } from '../contract/desktop.ts'
import type { MenuStrings } from './menu-strings.ts'

/** Accelerators of the page's commands; a plain key would be taken from whoever types. */
const ACCELERATORS: Partial<Record<MenuCommand, string>> = {
  'command-palette': 'CmdOrCtrl+K',
  'export-har': 'CmdOrCtrl+E',
  'reset-lab': 'CmdOrCtrl+Alt+R',
  'toggle-theme': 'CmdOrCtrl+Alt+T',
  'toggle-language': 'CmdOrCtrl+Alt+L',
  'pause-clock': 'CmdOrCtrl+Alt+P',
  'real-time': 'CmdOrCtrl+Alt+0',
  'focus-filter': 'CmdOrCtrl+F',
  'save-snapshot': 'CmdOrCtrl+S',
  'open-snapshot': 'CmdOrCtrl+O',
  'restore-checkpoint': 'CmdOrCtrl+Alt+B',
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' }

/** Commands of the menu of the lab; null is a line between them. */
const LAB: readonly (MenuCommand | null)[] = ['pause-clock', 'real-time', null, 'save-checkpoint', 'restore-checkpoint', null, 'reset-lab']

/** The menu as data. */
function template(words: MenuStrings, onCommand: (command: MenuCommand) => void): MenuItemConstructorOptions[] {
  const command = (name: MenuCommand): MenuItemConstructorOptions => ({
    id: name,
    label: words.commands[name],
    accelerator: ACCELERATORS[name],
    click: () => onCommand(name),
  })
  const role = (name: NonNullable<MenuItemConstructorOptions['role']>, label: string): MenuItemConstructorOptions => ({ role: name, label })
  const quit = role('quit', words.quit)
  const edit = [
    role('undo', words.undo),
    role('redo', words.redo),
    SEPARATOR,
    role('cut', words.cut),
    role('copy', words.copy),
    role('paste', words.paste),
    role('selectAll', words.selectAll),
    SEPARATOR,
    command('focus-filter'),
  ]
  const view = [
    command('command-palette'),
    SEPARATOR,
    command('presenter-mode'),
    command('open-notes'),
    command('freeze-page'),
    SEPARATOR,
    command('toggle-theme'),
    command('toggle-language'),
    SEPARATOR,
    role('resetZoom', words.actualSize),
    role('zoomIn', words.zoomIn),
    role('zoomOut', words.zoomOut),
    role('togglefullscreen', words.fullScreen),
    SEPARATOR,
    role('reload', words.reload),
    role('toggleDevTools', words.developerTools),
  ]
  const isMac = process.platform === 'darwin'
  return [
    ...(isMac ? [{ label: 'AuthLab', submenu: [role('about', 'AuthLab'), SEPARATOR, quit] }] : []),
    {
      label: words.file,
      submenu: [command('save-snapshot'), command('open-snapshot'), SEPARATOR, command('export-har'), ...(isMac ? [] : [SEPARATOR, quit])],
    },
    { label: words.edit, submenu: edit },
    { label: words.view, submenu: view },
    { label: words.lab, submenu: LAB.map((name) => (name === null ? SEPARATOR : command(name))) },
    { label: words.window, submenu: [role('minimize', words.minimize), role('close', words.close)] },
  ]
}

/** Puts the native menu in place; the page carries out what it asks for. */
export function setMenu(words: MenuStrings, onCommand: (command: MenuCommand) => void): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(words, onCommand)))
}
