import { IconClipboardCheck, IconDatabase, IconFlask, IconLayoutColumns, IconRoute, IconSchool, IconSettings } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { SCREENS, type Screen, setUi, useUi } from '../../state/ui-state.ts'

const ICONS: Readonly<Record<Screen, typeof IconFlask>> = {
  workbench: IconFlask,
  lessons: IconSchool,
  compare: IconLayoutColumns,
  state: IconDatabase,
  flow: IconRoute,
  assessment: IconClipboardCheck,
  settings: IconSettings,
}

/** The screens. */
export function Rail() {
  const { t } = useTranslation('app')
  const screen = useUi((ui) => ui.screen)
  return (
    <nav className="rail" aria-label={t('screens')}>
      {SCREENS.map((name) => {
        const Icon = ICONS[name]
        return (
          <button
            key={name}
            type="button"
            className={name === 'settings' ? 'rl end' : 'rl'}
            aria-current={screen === name ? 'page' : undefined}
            title={t(`screen.${name}`)}
            onClick={() => setUi({ screen: name })}
          >
            <Icon size={20} stroke={1.75} aria-hidden />
            <span>{t(`screen.${name}`)}</span>
          </button>
        )
      })}
    </nav>
  )
}
