import { useComputedColorScheme } from '@mantine/core'
import { modals } from '@mantine/modals'
import { spotlight } from '@mantine/spotlight'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { notify, notifyFailure } from '../../state/act.ts'
import { useCommand } from '../../state/commands.ts'
import { moveClock } from '../../state/move-clock.ts'
import { openSnapshot, restoreCheckpoint, saveCheckpoint, saveSnapshot } from '../../state/snapshots.ts'
import { currentUi, selectExchange, setUi } from '../../state/ui-state.ts'
import { currentLab } from '../../state/use-lab.ts'

const MINUTE_MS = 60_000

const attempt = (action: Promise<unknown>): void => void action.catch(notifyFailure)

function useClockCommands(): void {
  useCommand('clock-back-15', () => attempt(moveClock(-15 * MINUTE_MS)))
  useCommand('clock-back-1', () => attempt(moveClock(-MINUTE_MS)))
  useCommand('clock-ahead-1', () => attempt(moveClock(MINUTE_MS)))
  useCommand('clock-ahead-15', () => attempt(moveClock(15 * MINUTE_MS)))
  useCommand('pause-clock', () => attempt(api.clock.pause({ paused: !currentLab().clock.isPaused })))
  useCommand('real-time', () => attempt(api.clock.set({ offsetMs: 0 })))
}

function usePageCommands(): void {
  const isDark = useComputedColorScheme('light') === 'dark'
  useCommand('toggle-theme', () => setUi({ theme: isDark ? 'light' : 'dark' }))
  useCommand('toggle-language', () => setUi({ language: currentUi().language === 'en' ? 'zh-CN' : 'en' }))
  useCommand('screen-workbench', () => setUi({ screen: 'workbench' }))
  useCommand('screen-lessons', () => setUi({ screen: 'lessons' }))
  useCommand('screen-compare', () => setUi({ screen: 'compare' }))
  useCommand('screen-flow', () => setUi({ screen: 'flow' }))
  useCommand('screen-state', () => setUi({ screen: 'state' }))
  useCommand('screen-assessment', () => setUi({ screen: 'assessment' }))
  useCommand('screen-settings', () => setUi({ screen: 'settings' }))
  useCommand('toggle-inspector', () => {
    const { isInspectorOpen, isInspectorWide } = currentUi()
    setUi(isInspectorWide ? { isInspectorWide: false } : { isInspectorOpen: !isInspectorOpen })
  })
  useCommand('widen-inspector', () => setUi({ isInspectorOpen: true, isInspectorWide: !currentUi().isInspectorWide, screen: 'workbench' }))
  useCommand('open-request', () => setUi({ isInspectorOpen: true }))
  useCommand('go-back', () => {
    if (currentUi().screen !== 'workbench') setUi({ screen: 'workbench' })
    else if (currentUi().isInspectorWide) setUi({ isInspectorWide: false })
    else if (currentUi().selectedExchange !== null) selectExchange(null)
    else setUi({ isPresenting: false })
  })
  useCommand('command-palette', () => spotlight.toggle())
}

/** Takes the commands that belong to no single pane. */
export function useGlobalCommands(): void {
  const { t } = useTranslation('commands')
  useClockCommands()
  usePageCommands()
  useCommand('save-checkpoint', () => void saveCheckpoint())
  useCommand('restore-checkpoint', () => void restoreCheckpoint())
  useCommand('save-snapshot', () => void saveSnapshot())
  useCommand('open-snapshot', () => void openSnapshot())
  useCommand('toggle-recording', () => attempt(api.lab.setRecording({ on: !currentLab().recording.isOn })))
  const reset = async (): Promise<void> => {
    await api.lab.reset()
    selectExchange(null)
    notify(t('resetDone'))
  }
  useCommand('reset-lab', () => {
    modals.openConfirmModal({
      title: t('resetTitle'),
      children: t('resetText'),
      labels: { confirm: t('resetConfirm'), cancel: t('cancel') },
      onConfirm: () => attempt(reset()),
    })
  })
}
