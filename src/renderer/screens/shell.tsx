import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { token } from '../api.ts'
import { desktop } from '../desktop.ts'
import { CodeDialog } from '../panels/code/code-dialog.tsx'
import { CommandPalette } from '../panels/commands/command-palette.tsx'
import { useGlobalCommands } from '../panels/commands/global-commands.ts'
import { runCommand } from '../state/commands.ts'
import { retryNow } from '../state/connect.ts'
import { type Screen, useUi } from '../state/ui-state.ts'
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

/** What is not shown first is loaded when the page has nothing else to do, so that it is there at the click. */
const LATER = {
  lessons: async () => ({ default: (await import('./lessons/lessons-screen.tsx')).LessonsScreen }),
  compare: async () => ({ default: (await import('./compare/compare-screen.tsx')).CompareScreen }),
  flow: async () => ({ default: (await import('./flow/flow-screen.tsx')).FlowScreen }),
  state: async () => ({ default: (await import('./state/state-screen.tsx')).StateScreen }),
  assessment: async () => ({ default: (await import('./assessment/assessment-screen.tsx')).AssessmentScreen }),
  settings: async () => ({ default: (await import('./settings/settings-screen.tsx')).SettingsScreen }),
} as const

const SCREEN: Readonly<Record<Screen, ComponentType>> = {
  workbench: Workbench,
  lessons: lazy(LATER.lessons),
  compare: lazy(LATER.compare),
  flow: lazy(LATER.flow),
  state: lazy(LATER.state),
  assessment: lazy(LATER.assessment),
  settings: lazy(LATER.settings),
}

const loadLater = (): void => {
  for (const load of Object.values(LATER)) void load()
}

function Frame() {
  const Screen = SCREEN[useUi((ui) => ui.screen)]
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
        <main className="main">
          <Suspense fallback={null}>
            <Screen />
          </Suspense>
        </main>
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
  return hasLab && !isRefused ? <Frame /> : <Gate />
}
