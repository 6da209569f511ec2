// biome-ignore-all lint/a11y/useSemanticElements: the rows share the height that is left, which a table cannot.
// biome-ignore-all lint/a11y/useFocusableInteractive: headings of a table that is only read.
import { useTranslation } from 'react-i18next'
import { COMPARED_ROWS, type Compared, type ComparedRow, type ComparisonRun } from '../../../contract/comparison.ts'
import { type Bar, cellFacts } from './cell-facts.ts'
import classes from './compare.module.css'
import { accentOfCompared, ComparedIcon } from './compared-tag.tsx'

/** Opens what was measured for one figure. */
export type OpenEvidence = (compared: Compared, row: ComparedRow, exchanges: readonly string[]) => void

/** The look of a mechanism's own bars: solid, outline, hatch. */
export const fillOf = (compared: Compared): string =>
  classes[compared === 'jwt-cookie' ? 'outline' : compared === 'jwt-denylist' ? 'hatch' : 'solid'] ?? ''

function BarLine({ bar, compared }: { readonly bar: Bar; readonly compared: Compared }) {
  const width = `${Math.round(bar.share * 1000) / 10}%`
  const fill = bar.tone === 'accent' ? fillOf(compared) : classes[bar.tone]
  return (
    <div className={classes['bar']} role="img" aria-label={`${bar.label}: ${bar.value}`}>
      <span>{bar.label}</span>
      <b>{bar.value}</b>
      <span className={classes['track']}>
        {bar.share > 0 && <i className={fill} style={{ width }} />}
        {bar.tone === 'verdict' && bar.share < 1 && <i className={classes['refused']} style={{ flex: 1 }} />}
      </span>
    </div>
  )
}

interface CellProps {
  readonly run: ComparisonRun | null
  readonly compared: Compared
  readonly row: ComparedRow
  readonly open: OpenEvidence
  readonly empty: React.ReactNode
}

function Cell({ run, compared, row, open, empty }: CellProps) {
  const { t } = useTranslation('compare')
  const facts = run && cellFacts(run, compared, row)
  const accent = accentOfCompared(compared)
  if (!facts)
    return (
      <div role="cell" className={`${classes['cell']} ${accent}`}>
        {empty}
      </div>
    )
  return (
    <div role="cell" className={`${classes['cell']} ${accent}`}>
      <div className={classes['words']}>
        <b>{facts.headline}</b>
        <p>{facts.reason}</p>
        {facts.tags.length > 0 && (
          <div className={classes['tags']}>
            {facts.tags.map((tag) => (
              <span key={tag}>{tag}</span>
            ))}
          </div>
        )}
        <div className={classes['evidence']}>
          {facts.evidence.map(({ label, exchanges }) => (
            <button
              key={label}
              type="button"
              className="lk"
              disabled={exchanges.length === 0}
              aria-label={t('open', { row: t(`row.${row}`), mechanism: t(`mechanism.${compared}`), label })}
              onClick={() => open(compared, row, exchanges)}
            >
              {label}
              <span>{exchanges.length}</span>
            </button>
          ))}
        </div>
      </div>
      <div className={classes['bars']}>
        {facts.bars.map((bar) => (
          <BarLine key={bar.label} bar={bar} compared={compared} />
        ))}
      </div>
    </div>
  )
}

interface TableProps {
  readonly run: ComparisonRun | null
  readonly against: Compared
  readonly open: OpenEvidence
  /** What stands in a cell that was not measured. */
  readonly empty: React.ReactNode
}

/** The five questions, each answered by what was measured of both mechanisms. */
export function CompareTable({ run, against, open, empty }: TableProps) {
  const { t } = useTranslation('compare')
  const columns = ['session', against] as const
  return (
    <div role="table" aria-label={t('title')} className={classes['table']}>
      <div role="row" className={classes['row']}>
        <div role="columnheader" className={`${classes['head']} ${classes['corner']}`}>
          {t('question')}
        </div>
        {columns.map((compared) => (
          <div key={compared} role="columnheader" className={`${classes['head']} ${accentOfCompared(compared)}`}>
            <ComparedIcon compared={compared} size={16} />
            {t(`mechanism.${compared}`)}
            <span>{t(`motto.${compared}`)}</span>
          </div>
        ))}
      </div>
      {COMPARED_ROWS.map((row) => (
        <div key={row} role="row" className={classes['row']}>
          <div role="rowheader" className={classes['question']}>
            <b>{t(`row.${row}`)}</b>
            <span>{t(`ask.${row}`)}</span>
          </div>
          {columns.map((compared) => (
            <Cell key={compared} run={run} compared={compared} row={row} open={open} empty={empty} />
          ))}
        </div>
      ))}
    </div>
  )
}
