import { type CommandId, runCommand } from './commands.ts'
import { currentUi, SCREENS } from './ui-state.ts'

/** Single keys, as `KeyboardEvent.key`. Off while typing, and wholly off by choice. */
export const LETTER_KEYS: Readonly<Record<string, CommandId>> = {
  j: 'next-request',
  k: 'previous-request',
  Enter: 'open-request',
  '[': 'previous-inspector-tab',
  ']': 'next-inspector-tab',
  '/': 'focus-filter',
  ' ': 'pause-clock',
  ',': 'clock-back-1',
  '.': 'clock-ahead-1',
  '<': 'clock-back-15',
  '>': 'clock-ahead-15',
  r: 'replay',
  m: 'replay-as-mallory',
  i: 'toggle-inspector',
  w: 'widen-inspector',
  p: 'presenter-mode',
  f: 'freeze-page',
  b: 'restore-checkpoint',
  ...Object.fromEntries(SCREENS.map((screen, index) => [String(index + 1), `screen-${screen}` as const])),
}

/** What a key press means, or null. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** True when the press goes into a field that takes text, or is not ours for another reason. */
  readonly isTyping: boolean
  /** True when the focused element reacts to Enter and Space by itself. */
  readonly isOnControl: boolean
  readonly hasLetterKeys: boolean
}

/** The command that a key press asks for. Ctrl K and Escape work always; single keys only when nobody is typing. */
export function commandOf(press: KeyPress): CommandId | null {
  const isPlain = !press.ctrlKey && !press.metaKey && !press.altKey
  if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === 'k') return 'command-palette'
  if (!isPlain || press.isTyping) return null
  if (press.key === 'Escape') return 'go-back'
  if (!press.hasLetterKeys) return null
  if (press.isOnControl && (press.key === 'Enter' || press.key === ' ')) return null
  return LETTER_KEYS[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? null
}

const TEXT_FIELD = 'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]'
const CONTROL =
  'button, a[href], input, [role=menuitem], [role=tab], [role=option], [role=switch], [role=checkbox], summary, [role=separator]'
const LAYER = '[role=dialog], [role=menu], [role=listbox]'

const isIn = (target: EventTarget | null, selector: string): boolean => target instanceof Element && target.closest(selector) !== null

/** Starts to listen to the keyboard. Returns how to stop. */
export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    // An editor may live in a shadow tree, whose host alone is the event's target out here.
    const target = event.composedPath()[0] ?? event.target
    const command = commandOf({
      key: event.key,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      altKey: event.altKey,
      isTyping: isIn(target, TEXT_FIELD) || isIn(event.target, LAYER),
      // A radio is chosen with Space; Enter goes on from it, as in a form.
      isOnControl: isIn(event.target, CONTROL) && !(event.key === 'Enter' && isIn(event.target, '[role=radio][aria-checked=true]')),
      hasLetterKeys: currentUi().hasLetterKeys,
    })
    // A frozen page changes for nothing but what thaws it.
    if (currentUi().isFrozen && command !== 'freeze-page' && command !== 'presenter-mode') return
    if (command && runCommand(command)) event.preventDefault()
  }
  window.addEventListener('keydown', listener)
  return () => window.removeEventListener('keydown', listener)
}
