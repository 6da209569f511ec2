import { IconSnowflake } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../state/commands.ts'
import { currentUi, setUi, useUi } from '../state/ui-state.ts'
import { HidingContext } from '../ui/code-block.tsx'
import { shownText, useSecretsHidden } from './hide-secrets.ts'
import { tellFrozen } from './notes-link.ts'
import { useOpenNotes } from './open-notes.ts'
import classes from './presenter.module.css'

/** A ring around the pointer, so that a room sees where it is. */
function PointerRing() {
  const ring = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const follow = ({ clientX, clientY, buttons, type }: PointerEvent): void => {
      const { current } = ring
      if (!current) return
      current.style.transform = `translate(${clientX}px, ${clientY}px)`
      current.classList.toggle(classes['shown'] ?? '', type !== 'pointerleave')
      current.classList.toggle(classes['pressed'] ?? '', buttons > 0)
    }
    const events = ['pointermove', 'pointerdown', 'pointerup', 'pointerleave'] as const
    for (const name of events) document.documentElement.addEventListener(name, follow)
    return () => {
      for (const name of events) document.documentElement.removeEventListener(name, follow)
    }
  }, [])
  return <div ref={ring} className={classes['ring']} aria-hidden data-testid="pointer-ring" />
}

/** Lies over a page that stands still, and says so. */
function Frozen() {
  const { t } = useTranslation('presenter')
  return (
    <div className={classes['frozen']}>
      <div role="status" className={classes['badge']}>
        <IconSnowflake size={15} stroke={1.75} aria-hidden />
        <b>{t('frozen')}</b>
        <span>{t('frozenWhy')}</span>
        <button type="button" className="btn sm" onClick={() => freeze(false)}>
          {t('thaw')} <kbd className="kbd">F</kbd>
        </button>
      </div>
    </div>
  )
}

function freeze(isFrozen: boolean): void {
  setUi({ isFrozen })
  tellFrozen(isFrozen)
}

/** Size and layout follow from attributes of the document: see presenter.css. */
function usePresentedLook(): void {
  const isPresenting = useUi((ui) => ui.isPresenting)
  const scale = useUi((ui) => ui.presenterScale)
  useEffect(() => {
    const root = document.documentElement
    root.toggleAttribute('data-presenting', isPresenting)
    root.style.setProperty('--scale', String(isPresenting ? scale / 100 : 1))
    // Pictures that fit themselves into their panes measure anew.
    window.dispatchEvent(new Event('resize'))
  }, [isPresenting, scale])
}

/** Presenter mode around the page: its size, the ring around the pointer, copies without secrets, and a page that can stand still. */
export function Presenter({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('presenter')
  const isPresenting = useUi((ui) => ui.isPresenting)
  const hasRing = useUi((ui) => ui.hasPointerRing)
  const isFrozen = useUi((ui) => ui.isFrozen)
  const isHiding = useSecretsHidden()
  const openNotes = useOpenNotes()
  usePresentedLook()
  useCommand('presenter-mode', () => setUi({ isPresenting: !currentUi().isPresenting }))
  useCommand('freeze-page', () => freeze(!currentUi().isFrozen))
  useCommand('open-notes', () => openNotes(false))
  return (
    <HidingContext value={isHiding ? { hide: shownText, words: t('copiedWithout') } : null}>
      {children}
      {isPresenting && hasRing && <PointerRing />}
      {isFrozen && <Frozen />}
    </HidingContext>
  )
}
