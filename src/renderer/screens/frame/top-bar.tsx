import { useComputedColorScheme } from '@mantine/core'
import { IconLanguage, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../desktop.ts'
import { runCommand } from '../../state/commands.ts'
import { useUi } from '../../state/ui-state.ts'
import { PresenterMenu } from './presenter-menu.tsx'

/** Name, command palette, language and theme. */
export function TopBar() {
  const { t } = useTranslation('app')
  const language = useUi((ui) => ui.language)
  const isDark = useComputedColorScheme('light') === 'dark'
  const Scheme = isDark ? IconSun : IconMoon
  const themeWords = t(isDark ? 'toLight' : 'toDark')
  return (
    <header className="top">
      <div className="top-l">
        <h1 className="brand">
          <img src="/logo.svg" width={20} height={20} alt="" />
          <b>AuthLab</b>
        </h1>
      </div>
      <button type="button" className="cmdk" onClick={() => runCommand('command-palette')} aria-keyshortcuts="Control+K">
        <IconSearch size={14} stroke={1.75} aria-hidden />
        <span>{t('search')}</span>
        <kbd className="kbd">{desktop.platform === 'darwin' ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div className="top-r">
        <PresenterMenu />
        <button type="button" className="tb" onClick={() => runCommand('toggle-language')} aria-label={t('switchLanguage')}>
          <IconLanguage size={16} stroke={1.75} aria-hidden />
          {language === 'en' ? 'EN' : '中文'}
        </button>
        <button type="button" className="tb sq" onClick={() => runCommand('toggle-theme')} aria-label={themeWords} title={themeWords}>
          <Scheme size={16} stroke={1.75} aria-hidden />
        </button>
      </div>
    </header>
  )
}
