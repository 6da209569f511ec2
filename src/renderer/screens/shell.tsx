import { type ComponentType, lazy, Suspense, useEffect, useReducer, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isNotesPage, token } from '../api.ts'
import { desktop } from '../desktop.ts'
import { CodeDialog } from '../panels/code/code-dialog.tsx'
import { CommandPalette } from '../panels/commands/command-palette.tsx'
import { useGlobalCommands } from '../panels/commands/global-commands.ts'
import { Presenter } from '../presenter/presenter.tsx'
import { runCommand } from '../state/commands.ts'
import { retryNow } from '../state/connect.ts'
import { SCREENS, type Screen, useUi } from '../state/ui-state.ts'
import { useConnection, useLab } from '../state/use-lab.ts'
import { Banners } from './frame/banners.tsx'
import { Rail } from './frame/rail.tsx'
import { StatusBar } from './frame/status-bar.tsx'
import { TopBar } from './frame/top-bar.tsx'
import { Workbench } from './workbench/workbench.tsx'

const SAY_AFTER_MS = 400

/** Stands in for the page as long as there is no lab to show. */
function Gate() {
  const { t } = useTranslation('app')
  const connection = useConnection()
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SAY_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  if (connection === 'refused') {
    return (
      <main className="gate">
        <div className="gate-card">
          <h1>{t(token ? 'gate.wrongToken' : 'gate.noToken')}</h1>
          <p>{t('gate.tokenWhy')}</p>
          <p>{t('gate.tokenDo')}</p>
        </div>
      </main>
    )
  }
  if (!isLate) return null
  return (
    <main className="gate">
      <div className="gate-card" role="status">
        <h1>{t(connection === 'lost' ? 'gate.unreachable' : 'gate.connecting')}</h1>
        {connection === 'lost' && (
          <>
            <p>{t('gate.unreachableDo')}</p>
            <button type="button" className="btn" onClick={retryNow}>
              {t('retry')}
            </button>
          </>
        )}
      </div>
    </main>
  )
}

/** In a window of its own, under an address of its own. */
const NotesScreen = lazy(async () => ({ default: (await import('./notes/notes-screen.tsx')).NotesScreen }))

/** What is not shown first is loaded when the page has nothing else to do, so that it is there at the click. */
const LATER: Readonly<Partial<Record<Screen, () => Promise<ComponentType>>>> = {
  lessons: async () => (await import('./lessons/lessons-screen.tsx')).LessonsScreen,
  compare: async () => (await import('./compare/compare-screen.tsx')).CompareScreen,
  flow: async () => (await import('./flow/flow-screen.tsx')).FlowScreen,
  state: async () => (await import('./state/state-screen.tsx')).StateScreen,
  assessment: async () => (await import('./assessment/assessment-screen.tsx')).AssessmentScreen,
  settings: async () => (await import('./settings/settings-screen.tsx')).SettingsScreen,
}

/** Not `lazy`: React keeps what stands in for it on the page for 300 ms, even when it is there at once. */
const loaded = new Map<Screen, ComponentType>([['workbench', Workbench]])

async function loadScreen(screen: Screen): Promise<void> {
  const Loaded = await LATER[screen]?.()
  if (Loaded) loaded.set(screen, Loaded)
}

const loadLater = (): void => {
  for (const screen of SCREENS) void loadScreen(screen)
}

/** The screen that is chosen; null while it is still on its way. */
function useScreen(): ComponentType | null {
  const screen = useUi((ui) => ui.screen)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (!loaded.has(screen)) void loadScreen(screen).then(redraw)
  }, [screen])
  return loaded.get(screen) ?? null
}

function Frame() {
  const Screen = useScreen()
  useGlobalCommands()
  useEffect(() => desktop.onMenuCommand?.((command) => void runCommand(command)), [])
  useEffect(() => {
    const waiting = requestIdleCallback(loadLater)
    return () => cancelIdleCallback(waiting)
  }, [])
  return (
    <div className="app">
      <TopBar />
      <Banners />
      <div className="mid">
        <Rail />
        <main className="main">{Screen && <Screen />}</main>
      </div>
      <StatusBar />
      <CommandPalette />
      <CodeDialog />
    </div>
  )
}

/** Frame of the page around the screens. */
export function Shell() {
  const hasLab = useLab((lab) => lab.generation > 0)
  const isRefused = useConnection() === 'refused'
  if (!hasLab || isRefused) return <Gate />
  if (!isNotesPage)
    return (
      <Presenter>
        <Frame />
      </Presenter>
    )
  return (
    <Suspense fallback={null}>
      <NotesScreen />
    </Suspense>
  )
}
