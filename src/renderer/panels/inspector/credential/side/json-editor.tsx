import { json } from '@codemirror/lang-json'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, lineNumbers, WidgetType } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { minimalSetup } from 'codemirror'
import { useEffect, useRef } from 'react'
import styles from './break-it.module.css'
import { changedLines } from './tamper.ts'

/** The value that stood on a line before, struck through at its end. */
class Before extends WidgetType {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  override eq(other: Before): boolean {
    return other.#text === this.#text
  }

  override toDOM(): HTMLElement {
    const struck = document.createElement('s')
    struck.textContent = this.#text
    struck.className = 'before'
    return struck
  }
}

const CHANGED = Decoration.line({ class: 'changed' })

function marksOf(state: EditorState, original: string): DecorationSet {
  const marks = new RangeSetBuilder<Decoration>()
  for (const { line, before } of changedLines(original, state.doc.toString())) {
    const { from, to } = state.doc.line(line)
    marks.add(from, from, CHANGED)
    if (before !== null) marks.add(to, to, Decoration.widget({ widget: new Before(before), side: 1 }))
  }
  return marks.finish()
}

/** Colours and sizes from the page's own variables, which reach into the shadow tree. */
const THEME = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--panel)', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '19px', letterSpacing: '-0.02em', fontFeatureSettings: '"calt" 0' },
  '.cm-content': { padding: '3px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--sel)' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunk)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line)',
    fontSize: '11px',
  },
  '.changed': { backgroundColor: 'var(--jwt-tint)', boxShadow: 'inset 3px 0 0 var(--jwt-solid)' },
  '.before': { float: 'right', paddingLeft: '10px', color: 'var(--ink-3)', fontSize: '11px' },
})

/** Ink alone: what a colour would say here, the parts of a token say elsewhere. */
const INK = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--ink-2)' },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: 'var(--ink)' },
])

interface JsonEditorProps {
  readonly label: string
  /** What the editor starts with; later changes are its own. */
  readonly text: string
  /** What lines are compared with. */
  readonly original: string
  readonly onChange: (text: string) => void
}

/**
 * An editor for JSON that marks what was changed. It lives in a shadow tree: there CodeMirror adopts its style sheets, where in the page it
 * would write a style element, which the content security policy refuses.
 */
export function JsonEditor({ label, text, original, onChange }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const start = useRef({ label, text, original })
  const latest = useRef(onChange)
  latest.current = onChange
  useEffect(() => {
    const element = host.current
    if (!element) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const { label, text, original } = start.current
    const state = EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        minimalSetup,
        json(),
        syntaxHighlighting(INK),
        THEME,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.decorations.compute(['doc'], (current) => marksOf(current, original)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current(update.state.doc.toString())
        }),
      ],
    })
    const view = new EditorView({ state, parent: root, root })
    return () => view.destroy()
  }, [])
  return <div ref={host} className={styles['editor']} />
}
