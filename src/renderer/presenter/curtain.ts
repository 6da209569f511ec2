/** Attributes whose text is drawn or read out. */
const ATTRIBUTES = ['title', 'aria-label', 'aria-description', 'placeholder', 'value', 'alt', 'href', 'data-tip'] as const

/** What was written, and what stood there. */
interface Covered {
  readonly original: string
  readonly masked: string
}

/**
 * Hides text wherever the page draws it, in tooltips and for screen readers, too: whatever is drawn, by whichever component, passes here before
 * anybody can see it (observers are called before the next frame is painted). So a component that is written tomorrow hides nothing less.
 */
export class Curtain {
  readonly #mask: (text: string) => string
  readonly #texts = new WeakMap<Text, Covered>()
  readonly #attributes = new WeakMap<Element, Map<string, Covered>>()
  readonly #observer = new MutationObserver((mutations) => this.#cover(mutations))
  #isDown = false

  /** @param mask answers the text itself where nothing is to be hidden */
  constructor(mask: (text: string) => string) {
    this.#mask = mask
  }

  /** Hides what is there, and from now on whatever comes. Called again, it looks at everything once more. */
  lower(): void {
    if (!this.#isDown) {
      this.#isDown = true
      this.#observer.observe(document.documentElement, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
        attributeFilter: [...ATTRIBUTES],
      })
    }
    this.#coverTree(document.documentElement)
  }

  /** Shows what was there, unless something else was drawn in its place meanwhile. */
  raise(): void {
    if (!this.#isDown) return
    this.#isDown = false
    this.#observer.disconnect()
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
      if (node instanceof Text) {
        const covered = this.#texts.get(node)
        if (covered && node.data === covered.masked) node.data = covered.original
        this.#texts.delete(node)
      } else if (node instanceof Element) this.#uncover(node)
    }
  }

  #uncover(element: Element): void {
    for (const [name, { original, masked }] of this.#attributes.get(element) ?? []) {
      if (element.getAttribute(name) === masked) element.setAttribute(name, original)
    }
    this.#attributes.delete(element)
  }

  #cover(mutations: MutationRecord[]): void {
    for (const { type, target, addedNodes, attributeName } of mutations) {
      if (type === 'childList') for (const node of addedNodes) this.#coverTree(node)
      else if (type === 'characterData' && target instanceof Text) this.#coverText(target)
      else if (target instanceof Element && attributeName !== null) this.#coverAttribute(target, attributeName)
    }
  }

  #coverTree(root: Node): void {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
      if (node instanceof Text) this.#coverText(node)
      else if (node instanceof Element) for (const name of ATTRIBUTES) if (node.hasAttribute(name)) this.#coverAttribute(node, name)
    }
  }

  #coverText(text: Text): void {
    const original = text.data
    const masked = this.#mask(original)
    if (masked === original) return
    this.#texts.set(text, { original, masked })
    text.data = masked
  }

  #coverAttribute(element: Element, name: string): void {
    const original = element.getAttribute(name) ?? ''
    const masked = this.#mask(original)
    if (masked === original) return
    const covered = this.#attributes.get(element) ?? new Map<string, Covered>()
    covered.set(name, { original, masked })
    this.#attributes.set(element, covered)
    element.setAttribute(name, masked)
  }
}
