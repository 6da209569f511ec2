import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconPresentation } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../desktop.ts'
import { useOpenNotes } from '../../presenter/open-notes.ts'
import { runCommand } from '../../state/commands.ts'
import { PRESENTER_SCALES, setUi, useUi } from '../../state/ui-state.ts'

const mark = (isOn: boolean): ReactNode => <span className="pm-mark">{isOn && <IconCheck size={14} stroke={2} aria-hidden />}</span>

/** Presenter mode at a click, and beside it what it is made of. */
export function PresenterMenu() {
  const { t } = useTranslation('presenter')
  const { isPresenting, presenterScale, areSecretsHidden, hasPointerRing, isFrozen, areNotesElsewhere } = useUi((ui) => ui)
  const openNotes = useOpenNotes()
  const choice = (label: string, isOn: boolean, choose: () => void) => (
    <Menu.Item key={label} leftSection={mark(isOn)} onClick={choose}>
      {label}
      {isOn && <span className="sr"> ({t('on')})</span>}
    </Menu.Item>
  )
  return (
    <span className="pm">
      <button
        type="button"
        className={isPresenting ? 'tb on' : 'tb'}
        aria-pressed={isPresenting}
        title={t(isPresenting ? 'leave' : 'enter')}
        onClick={() => runCommand('presenter-mode')}
      >
        <IconPresentation size={16} stroke={1.75} aria-hidden />
        {isPresenting ? t('presenting', { scale: presenterScale }) : t('presenter')}
        <kbd className="kbd">P</kbd>
      </button>
      <Menu position="bottom-end" width={290} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" className="tb sq" aria-label={t('options')} title={t('options')}>
            <IconChevronDown size={14} stroke={1.75} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('size')}</Menu.Label>
          {PRESENTER_SCALES.map((scale) =>
            choice(`${scale} %`, scale === presenterScale, () => setUi({ presenterScale: scale, isPresenting: true })),
          )}
          <Menu.Divider />
          {choice(t('hideSecrets'), areSecretsHidden, () => setUi({ areSecretsHidden: !areSecretsHidden }))}
          {choice(t('ring'), hasPointerRing, () => setUi({ hasPointerRing: !hasPointerRing }))}
          {choice(t('freeze'), isFrozen, () => runCommand('freeze-page'))}
          <Menu.Divider />
          <Menu.Item
            disabled={areNotesElsewhere && !desktop.openNotes}
            leftSection={mark(areNotesElsewhere)}
            onClick={() => openNotes(false)}
          >
            {t('openNotes')}
          </Menu.Item>
          {desktop.openNotes && !areNotesElsewhere && (
            <Menu.Item leftSection={mark(false)} onClick={() => openNotes(true)}>
              {t('openNotesAnyway')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}
