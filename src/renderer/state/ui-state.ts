import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Compared } from '../../contract/comparison.ts'
import type { StepKind } from '../../contract/step.ts'
import { type Answers, FIRST_ANSWERS } from './answers.ts'

/** Screens that exist, in the order of the rail; the number key of a screen is its place. */
export const SCREENS = ['workbench', 'lessons', 'compare', 'flow', 'state', 'assessment', 'settings'] as const
/** A screen. */
export type Screen = (typeof SCREENS)[number]
/** Lists of the State screen, in the order of their tabs. */
export const STATE_TABS = ['sessions', 'tokens', 'families', 'denylist', 'keys', 'revocations', 'audit'] as const
/** A list of the State screen. */
export type StateTab = (typeof STATE_TABS)[number]
/** Colours as chosen; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark'
/** How large the page can be while it is presented, per cent. */
export const PRESENTER_SCALES = [100, 125, 150] as const
/** How large the page is while it is presented, per cent. */
export type PresenterScale = (typeof PRESENTER_SCALES)[number]
/** Languages that exist. */
export type Language = 'en' | 'zh-CN'

/** What the traffic pane lets through. Null or `all` lets everything through. */
export interface TrafficFilter {
  readonly text: string
  readonly mechanism: 'all' | 'session' | 'jwt'
  readonly verdict: 'all' | 'allowed' | 'denied'
  readonly node: string | null
}

/** Choices that stay on this computer. */
interface Kept {
  readonly theme: Theme
  readonly language: Language
  readonly hasLetterKeys: boolean
  readonly isInspectorOpen: boolean
  readonly topologyView: 'graph' | 'list'
  /** Whether the presenter's notes of a lesson are on this page. */
  readonly areNotesShown: boolean
  /** Of the page while it is presented, per cent. */
  readonly presenterScale: PresenterScale
  /** Whether what would let somebody act as another is hidden while the page is presented. */
  readonly areSecretsHidden: boolean
  /** Whether a ring follows the pointer while the page is presented. */
  readonly hasPointerRing: boolean
}

/** A piece of code that is shown: where a step says it was done. */
export interface ShownCode {
  readonly kind: StepKind
  /** As in `Step.source`. */
  readonly file: string
  readonly symbol: string
}

/** What stands side by side in the wide inspector. */
export interface CredentialView {
  readonly isSideBySide: boolean
  /** Ids of exchanges picked by hand; null: the newest with such a credential. */
  readonly jwt: string | null
  readonly session: string | null
  /** A token from elsewhere in the place of one from the traffic; null when none is looked at. */
  readonly pasted: string | null
}

/** What the Compare screen shows. */
export interface ComparisonView {
  /** Beside the session. */
  readonly against: Exclude<Compared, 'session'>
  /** Id of a run that was opened again; null: the newest. */
  readonly run: string | null
  readonly answers: Answers
}

/** State of the page itself, not of the lab. */
export interface UiState extends Kept {
  readonly screen: Screen
  /** The page is presented; it stays so when this tab is loaded again, and in no other. */
  readonly isPresenting: boolean
  /** The page shows what was there when it was frozen; the lab goes on. */
  readonly isFrozen: boolean
  /** The presenter's notes are in another window, so that they are not on this page. */
  readonly areNotesElsewhere: boolean
  readonly selectedExchange: string | null
  readonly inspectorTab: string
  readonly stateTab: StateTab
  /** Id of the row that is selected in a list of the State screen. */
  readonly selectedRecord: string | null
  /** The newest stopwatch that was closed; a newer one shows again. */
  readonly closedStopwatch: string | null
  readonly filter: TrafficFilter
  readonly hiddenNotices: readonly string[]
  /** Node whose part of the story the pointer is on; the topology lights it. */
  readonly hoveredNode: string | null
  /** Null while no code is shown. */
  readonly shownCode: ShownCode | null
  /** The inspector takes the whole screen. */
  readonly isInspectorWide: boolean
  readonly credentialView: CredentialView
  readonly comparisonView: ComparisonView
}

/** The filter that lets everything through. */
export const NO_FILTER: TrafficFilter = { text: '', mechanism: 'all', verdict: 'all', node: null }

const KEY = 'authlab.ui'

const systemLanguage = (): Language => (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en')

function readKept(): Kept {
  const defaults: Kept = {
    theme: 'auto',
    language: systemLanguage(),
    hasLetterKeys: true,
    isInspectorOpen: true,
    topologyView: 'graph',
    areNotesShown: false,
    presenterScale: 125,
    areSecretsHidden: true,
    hasPointerRing: true,
  }
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>) }
  } catch {
    // Storage may be forbidden or hold something else; the defaults are fine.
    return defaults
  }
}

const PRESENTING_KEY = 'authlab.presenting'

/** A page that is loaded again in front of a room must not show what was hidden. */
function readPresenting(): boolean {
  try {
    return sessionStorage.getItem(PRESENTING_KEY) === 'true'
  } catch {
    return false
  }
}

const store = createStore<UiState>(() => ({
  ...readKept(),
  screen: 'workbench',
  isPresenting: readPresenting(),
  isFrozen: false,
  areNotesElsewhere: false,
  selectedExchange: null,
  inspectorTab: 'story',
  stateTab: 'sessions',
  selectedRecord: null,
  closedStopwatch: null,
  filter: NO_FILTER,
  hiddenNotices: [],
  hoveredNode: null,
  shownCode: null,
  isInspectorWide: false,
  credentialView: { isSideBySide: true, jwt: null, session: null, pasted: null },
  comparisonView: { against: 'jwt-bearer', run: null, answers: FIRST_ANSWERS },
}))

const KEPT = [
  'theme',
  'language',
  'hasLetterKeys',
  'isInspectorOpen',
  'topologyView',
  'areNotesShown',
  'presenterScale',
  'areSecretsHidden',
  'hasPointerRing',
] as const satisfies readonly (keyof Kept)[]

store.subscribe((ui, before) => {
  try {
    if (ui.isPresenting !== before.isPresenting) sessionStorage.setItem(PRESENTING_KEY, String(ui.isPresenting))
    if (KEPT.every((name) => ui[name] === before[name])) return
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, ui[name]]))))
  } catch {
    // Nothing is lost but the choice's memory.
  }
})

/** State of the page itself. */
export const useUi = <T>(selector: (ui: UiState) => T): T => useStore(store, selector)
/** State of the page at this moment, for code outside of components. */
export const currentUi = (): UiState => store.getState()
/** Tells of every change. @returns how to stop */
export const onUiChange = (listener: (ui: UiState, before: UiState) => void): (() => void) => store.subscribe(listener)
/** Changes some of the page's state. */
export const setUi = (change: Partial<UiState>): void => store.setState(change)

/** Selects one exchange everywhere: traffic, topology, inspector. */
export const selectExchange = (id: string | null): void => store.setState({ selectedExchange: id })
/** Shows one exchange in the workbench. */
export const openExchange = (id: string): void => store.setState({ selectedExchange: id, screen: 'workbench', isInspectorOpen: true })
/** Selects one row in the list of the State screen that is on show. */
export const selectRecord = (id: string | null): void => store.setState({ selectedRecord: id })
/** Shows a list of the State screen, with one of its rows selected when given. */
export const openList = (stateTab: StateTab, id: string | null = null): void =>
  store.setState({ screen: 'state', stateTab, selectedRecord: id })

/** Changes parts of what stands side by side. */
export const setCredentialView = (change: Partial<CredentialView>): void =>
  store.setState(({ credentialView }) => ({ credentialView: { ...credentialView, ...change } }))
/** Changes parts of what the Compare screen shows. */
export const setComparisonView = (change: Partial<ComparisonView>): void =>
  store.setState(({ comparisonView }) => ({ comparisonView: { ...comparisonView, ...change } }))
/** Changes parts of the traffic filter. */
export const setFilter = (change: Partial<TrafficFilter>): void => store.setState(({ filter }) => ({ filter: { ...filter, ...change } }))
