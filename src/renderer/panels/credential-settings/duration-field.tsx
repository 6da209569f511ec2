import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './credential-settings.module.css'
import { secondsOf, secondsWords } from './duration.ts'

interface DurationFieldProps {
  readonly label: string
  readonly note: string
  /** Seconds, like all other numbers here. */
  readonly value: number
  readonly least: number
  readonly most: number
  readonly presets: readonly number[]
  readonly isBusy: boolean
  readonly set: (seconds: number) => void
}

/** A length of time that is set by a preset, or typed with its unit: Enter or leaving the field sends it. What is wrong is said, and nothing is sent. */
export function DurationField({ label, note, value, least, most, presets, isBusy, set }: DurationFieldProps) {
  const { t, i18n } = useTranslation('settings')
  const errorId = useId()
  const [typed, setTyped] = useState(secondsWords(value))
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language has other words for the same value.
  useEffect(() => setTyped(secondsWords(value)), [value, i18n.language])
  const seconds = secondsOf(typed)
  const isRight = seconds !== null && seconds >= least && seconds <= most
  const commit = (): void => {
    if (isRight && seconds !== value) set(seconds)
    else if (isRight) setTyped(secondsWords(value))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') commit()
    if (event.key !== 'Escape' || typed === secondsWords(value)) return
    event.stopPropagation()
    event.preventDefault()
    setTyped(secondsWords(value))
  }
  return (
    <fieldset className={classes['duration']}>
      <legend>
        {label}
        <span className={classes['note']}>{note}</span>
      </legend>
      <div className={classes['row']}>
        {presets.map((preset) => (
          <button
            key={preset}
            type="button"
            className="btn sm"
            aria-pressed={preset === value}
            aria-disabled={isBusy}
            onClick={() => !isBusy && set(preset)}
          >
            {preset === 0 ? t('duration.never') : secondsWords(preset)}
          </button>
        ))}
        <input
          className={`inp ${classes['typed']}`}
          aria-label={label}
          aria-invalid={!isRight}
          aria-describedby={isRight ? undefined : errorId}
          value={typed}
          maxLength={20}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={onKeyDown}
        />
      </div>
      {!isRight && (
        <p id={errorId} role="alert" className={classes['error']}>
          {seconds === null ? t('duration.unreadable') : t('duration.outside', { least: secondsWords(least), most: secondsWords(most) })}
        </p>
      )}
    </fieldset>
  )
}
