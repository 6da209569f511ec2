import { type KeyboardEvent, useRef } from 'react'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: ReadonlyArray<readonly [value: T, label: string]>
  readonly choose: (value: T) => void
  readonly isDisabled?: boolean
}

/** A row of choices of which one holds; one tab stop, arrow keys choose. */
export function Choice<T extends string>({ label, value, options, choose, isDisabled = false }: ChoiceProps<T>) {
  const group = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0 || isDisabled) return
    event.preventDefault()
    const index = (options.findIndex(([option]) => option === value) + step + options.length) % options.length
    const next = options[index]
    if (!next) return
    choose(next[0])
    group.current?.querySelectorAll('button')[index]?.focus()
  }
  return (
    <div ref={group} role="radiogroup" aria-label={label} className="seg" onKeyDown={onKeyDown}>
      {options.map(([option, words]) => (
        // biome-ignore lint/a11y/useSemanticElements: a radio input cannot be drawn as a segment.
        <button
          key={option}
          type="button"
          role="radio"
          aria-checked={option === value}
          tabIndex={option === value ? 0 : -1}
          disabled={isDisabled}
          onClick={() => choose(option)}
        >
          {words}
        </button>
      ))}
    </div>
  )
}
