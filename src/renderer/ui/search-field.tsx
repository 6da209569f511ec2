import { IconSearch } from '@tabler/icons-react'
import { type RefObject, useRef } from 'react'
import classes from './search-field.module.css'

interface SearchFieldProps {
  readonly label: string
  /** What it looks through, for a tooltip. */
  readonly hint?: string
  readonly text: string
  readonly change: (text: string) => void
  readonly input?: RefObject<HTMLInputElement | null>
}

/** A field to search by; Escape empties it, and leaves it when it is empty. */
export function SearchField({ label, hint, text, change, input }: SearchFieldProps) {
  const own = useRef<HTMLInputElement>(null)
  const field = input ?? own
  return (
    <label className={`inp ${classes['search']}`} title={hint}>
      <IconSearch size={14} stroke={1.75} aria-hidden />
      <input
        ref={field}
        type="search"
        value={text}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          if (text === '') field.current?.blur()
          else change('')
        }}
      />
    </label>
  )
}
