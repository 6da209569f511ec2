import { IconBook2, IconCode } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Step } from '../../../../contract/step.ts'
import { hasWords, say } from '../../../i18n/say.ts'
import { setUi } from '../../../state/ui-state.ts'
import { Sql } from '../../../ui/code-block.tsx'
import tables from '../../../ui/table.module.css'
import { labDate } from '../dates.ts'
import { isNumericDate, isTime, stepNote, timeMs } from './step-words.ts'
import classes from './story.module.css'

/** Shown apart, not as a line of the table. */
const APART: ReadonlySet<string> = new Set(['sql', 'row', 'before', 'after'])
const ROW_TIMES = /(At|Ms)$/
const FIRST_TIME_MS = 1_000_000_000_000

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of a row as text; columns that hold times become dates. */
export function cellText(name: string, value: unknown, labTime: number, language: string): string {
  if (typeof value === 'number' && value > FIRST_TIME_MS && ROW_TIMES.test(name)) return labDate(value, labTime, language)
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? ''
}

/** Copies a clause, which has no address that the offline lab could open. */
function CopyClause({ clause }: { readonly clause: string }) {
  const { t } = useTranslation('inspector')
  const [isDone, setDone] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(clause).then(
      () => setDone(true),
      () => setDone(false),
    )
  }
  return (
    <button type="button" className={classes['ref']} title={clause} onClick={copy} onBlur={() => setDone(false)}>
      <IconBook2 size={13} stroke={1.75} aria-hidden />
      <span className="trunc">{isDone ? t('copied') : clause}</span>
    </button>
  )
}

interface PartProps {
  readonly step: Step
  /** Lab time of the exchange, Unix milliseconds. */
  readonly labTime: number
}

/** The row that was read, or the row before and after. */
function Rows({ step, labTime }: PartProps) {
  const { t, i18n } = useTranslation('inspector')
  const { row, before, after } = step.evidence
  const columns = ('before' in step.evidence || 'after' in step.evidence ? [before, after] : [row]).map((value) =>
    isObject(value) ? value : null,
  )
  if (columns.every((column) => column === null)) return null
  const names = [...new Set(columns.flatMap((column) => Object.keys(column ?? {})))]
  return (
    <table className={`${tables['table']} ${tables['wire']} ${classes['facts']}`}>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          {columns.length === 1 ? (
            <th scope="col">{t('value')}</th>
          ) : (
            <>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('after')}</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: at most two columns that never move.
              <td key={index}>
                {column === null ? <span className="dim">{t('none')}</span> : cellText(name, column[name], labTime, i18n.language)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the times of a session's limits are reckoned from. */
const REFERENCES: Partial<Record<Step['kind'], string>> = { 'session-idle-timeout': 'lastUse', 'session-absolute-timeout': 'begin' }

function factName({ kind }: Step, name: string): string {
  const key = `inspector:key.${name === 'value' ? (REFERENCES[kind] ?? name) : name}`
  return hasWords(key) ? say(key) : name
}

function Facts({ step, labTime }: PartProps) {
  const { i18n } = useTranslation('inspector')
  const facts = Object.entries(step.evidence).filter(([name]) => !APART.has(name))
  if (facts.length === 0) return null
  const text = (name: string, value: unknown): string =>
    isTime(step.kind, name, value)
      ? `${labDate(timeMs(value), labTime, i18n.language)}${isNumericDate(value) ? ` (${value})` : ''}`
      : cellText(name, value, labTime, i18n.language)
  return (
    <table className={`${tables['table']} ${tables['wire']} ${classes['facts']}`}>
      <tbody>
        {facts.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{factName(step, name)}</th>
            <td>{text(name, value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What proves a step: the SQL, the row, the claim and its limit, the code that ran and the clause that asks for it. */
export function Evidence({ step, labTime }: PartProps) {
  const { t } = useTranslation('inspector')
  const { sql } = step.evidence
  const { file, symbol } = step.source
  return (
    <div className={classes['evidence']}>
      <div className={classes['refs']}>
        <b>{t('evidence')}</b>
        <span className="sp" />
        <button
          type="button"
          className={classes['ref']}
          title={`${file}: ${symbol}`}
          aria-haspopup="dialog"
          onClick={() => setUi({ shownCode: { kind: step.kind, file, symbol } })}
        >
          <IconCode size={13} stroke={1.75} aria-hidden />
          <span className="trunc">{`${file.split('/').at(-1)}: ${symbol}`}</span>
        </button>
        {step.clause !== undefined && <CopyClause clause={step.clause} />}
      </div>
      {typeof sql === 'string' && <Sql text={sql} />}
      <Rows step={step} labTime={labTime} />
      <Facts step={step} labTime={labTime} />
      <p>{stepNote(step)}</p>
    </div>
  )
}
