import type { MenuCommand } from '../contract/desktop.ts'

/** The words of the native menu in one language. */
export interface MenuStrings {
  readonly file: string
  readonly edit: string
  readonly view: string
  readonly lab: string
  readonly window: string
  readonly quit: string
  readonly undo: string
  readonly redo: string
  readonly cut: string
  readonly copy: string
  readonly paste: string
  readonly selectAll: string
  readonly reload: string
  readonly developerTools: string
  readonly actualSize: string
  readonly zoomIn: string
  readonly zoomOut: string
  readonly fullScreen: string
  readonly minimize: string
  readonly close: string
  readonly commands: Readonly<Record<MenuCommand, string>>
  readonly crashed: { readonly message: string; readonly detail: string; readonly reload: string }
  readonly cannotStart: string
}

const ENGLISH: MenuStrings = {
  file: '&File',
  edit: '&Edit',
  view: '&View',
  lab: '&Lab',
  window: '&Window',
  quit: 'Quit AuthLab',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  reload: 'Reload',
  developerTools: 'Developer Tools',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  minimize: 'Minimize',
  close: 'Close Window',
  commands: {
    'command-palette': 'Command Palette…',
    'export-har': 'Export Traffic as HAR…',
    'reset-lab': 'Reset Lab…',
    'toggle-theme': 'Switch Light and Dark',
    'toggle-language': '切换到中文',
    'pause-clock': 'Pause or Resume Lab Clock',
    'real-time': 'Back to Real Time',
    'focus-filter': 'Filter Traffic',
    'save-snapshot': 'Save Lab as a File…',
    'open-snapshot': 'Open Lab from a File…',
    'save-checkpoint': 'Save Checkpoint',
    'restore-checkpoint': 'Back to the Last Checkpoint',
    'presenter-mode': 'Presenter Mode',
    'open-notes': 'Presenter Notes in a Second Window',
    'freeze-page': 'Freeze or Thaw the Page',
  },
  crashed: { message: 'The window stopped working.', detail: 'The lab itself goes on: nothing is lost by reloading.', reload: 'Reload' },
  cannotStart: 'AuthLab cannot start',
}

const CHINESE: MenuStrings = {
  file: '文件(&F)',
  edit: '编辑(&E)',
  view: '视图(&V)',
  lab: '实验室(&L)',
  window: '窗口(&W)',
  quit: '退出 AuthLab',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  reload: '重新加载',
  developerTools: '开发者工具',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  minimize: '最小化',
  close: '关闭窗口',
  commands: {
    'command-palette': '命令面板…',
    'export-har': '将流量导出为 HAR…',
    'reset-lab': '重置实验室…',
    'toggle-theme': '切换浅色与深色',
    'toggle-language': 'Switch to English',
    'pause-clock': '暂停或继续实验室时钟',
    'real-time': '回到真实时间',
    'focus-filter': '筛选流量',
    'save-snapshot': '将实验室保存为文件…',
    'open-snapshot': '从文件打开实验室…',
    'save-checkpoint': '保存检查点',
    'restore-checkpoint': '回到上一个检查点',
    'presenter-mode': '演示模式',
    'open-notes': '在第二个窗口中打开讲师备注',
    'freeze-page': '冻结或解冻页面',
  },
  crashed: { message: '窗口停止工作了。', detail: '实验室本身仍在运行：重新加载不会丢失任何内容。', reload: '重新加载' },
  cannotStart: 'AuthLab 无法启动',
}

/** The words for a locale such as `zh-CN`; English for every language but Chinese. */
export const menuStrings = (locale: string): MenuStrings => (locale.toLowerCase().startsWith('zh') ? CHINESE : ENGLISH)
