import { NumberInput } from '@mantine/core'
import { type KeyboardEvent, useEffect, useState } from 'react'
import classes from './settings.module.css'

interface DialProps {
  readonly label: string
  readonly note?: string
  readonly unit: string
  /** In `unit`, like all other numbers here. */
  readonly value: number
  readonly least: number
  readonly most: number
  readonly presets: ReadonlyArray<readonly [value: number, words: string]>
  readonly isBusy: boolean
  readonly set: (value: number) => void
}

/** A number that the operator sets by a preset, or types: Enter or leaving the field sends it. */
export function Dial({ label, note, unit, value, least, most, presets, isBusy, set }: DialProps) {
  const [typed, setTyped] = useState<number | string>(value)
  useEffect(() => setTyped(value), [value])
  const commit = (): void => {
    if (typeof typed === 'number' && typed !== value) set(Math.min(most, Math.max(least, Math.round(typed))))
    else setTyped(value)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') commit()
  }
  return (
    <fieldset className={classes['dial']} aria-label={label}>
      <legend>
        {label}
        {note && <span className={classes['note']}>{note}</span>}
      </legend>
      <div className={classes['row']}>
        {presets.map(([preset, words]) => (
          <button
            key={preset}
            type="button"
            className="btn sm"
            aria-pressed={preset === value}
            aria-disabled={isBusy}
            onClick={() => !isBusy && set(preset)}
          >
            {words}
          </button>
        ))}
        <NumberInput
          aria-label={`${label} (${unit})`}
          size="xs"
          hideControls
          allowDecimal={false}
          min={least}
          max={most}
          value={typed}
          suffix={` ${unit}`}
          onChange={setTyped}
          onBlur={commit}
          onKeyDown={onKeyDown}
          className={classes['number'] ?? ''}
        />
      </div>
    </fieldset>
  )
}
