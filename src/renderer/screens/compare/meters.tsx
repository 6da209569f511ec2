import { useTranslation } from 'react-i18next'
import { COMPARED, type Compared, type ComparedCells, type ComparisonRun } from '../../../contract/comparison.ts'
import classes from './compare.module.css'
import { fillOf, type OpenEvidence } from './compare-table.tsx'
import { accentOfCompared, ComparedIcon } from './compared-tag.tsx'
import { countWords, msWords, octetsWords } from './figures.ts'

interface Reading {
  readonly value: string
  /** Whole, for whoever does not see the bar. */
  readonly label: string
  readonly share: number
  /** Place of the mark, as a share; null for none. */
  readonly mark: number | null
}

interface MeterProps {
  readonly title: string
  readonly unit: string
  readonly run: ComparisonRun
  readonly read: (cells: ComparedCells) => Reading
  readonly open: OpenEvidence
}

const percent = (share: number): string => `${Math.round(Math.min(1, share) * 1000) / 10}%`

function Meter({ title, unit, run, read, open }: MeterProps) {
  const { t } = useTranslation('compare')
  const line = (compared: Compared) => {
    const cells = run.cells[compared]
    if (!cells) return null
    const { value, label, share, mark } = read(cells)
    const name = t(`mechanism.${compared}`)
    return (
      <li key={compared}>
        <button
          type="button"
          className={`${classes['reading']} ${accentOfCompared(compared)}`}
          aria-label={`${name}: ${label}. ${t('meter.open', { calls: cells.fits.calls, mechanism: name })}`}
          title={label}
          onClick={() => open(compared, 'fits', cells.fits.exchanges)}
        >
          <span className={classes['who']}>
            <ComparedIcon compared={compared} size={13} />
            {t(`short.${compared}`)}
          </span>
          <span className={classes['scale']}>
            {share > 0 && <i className={fillOf(compared)} style={{ width: percent(share) }} />}
            {mark !== null && <u style={{ left: percent(mark) }} />}
          </span>
          <span className="mono">{value}</span>
        </button>
      </li>
    )
  }
  return (
    <section className={classes['meter']}>
      <h3>
        {title}
        <span>{unit}</span>
      </h3>
      <ul>{COMPARED.map(line)}</ul>
    </section>
  )
}

/** What each request costs: octets, uses of the store, time. */
export function Meters({ run, open }: { readonly run: ComparisonRun; readonly open: OpenEvidence }) {
  const { t } = useTranslation('compare')
  const all = COMPARED.flatMap((compared) => run.cells[compared]?.fits ?? [])
  const most = (of: (fits: ComparedCells['fits']) => number): number => Math.max(Number.MIN_VALUE, ...all.map(of))
  const mostBytes = most(({ credentialBytes }) => credentialBytes)
  const mostUses = most(({ storeReads, storeWrites }) => storeReads + storeWrites)
  const mostMs = most(({ p95Ms }) => p95Ms) * 1.04
  return (
    <div className={classes['meters']}>
      <Meter
        title={t('meter.wire')}
        unit={t('meter.wireUnit')}
        run={run}
        open={open}
        read={({ fits }) => ({
          value: octetsWords(fits.credentialBytes),
          label: t('meter.wireLabel', { credential: octetsWords(fits.credentialBytes), wire: octetsWords(fits.wireBytes) }),
          share: fits.credentialBytes / mostBytes,
          mark: null,
        })}
      />
      <Meter
        title={t('meter.reads')}
        unit={t('meter.readsUnit')}
        run={run}
        open={open}
        read={({ fits }) => {
          const params = { reads: countWords(fits.storeReads), writes: countWords(fits.storeWrites) }
          const share = (fits.storeReads + fits.storeWrites) / mostUses
          return { value: t('meter.readsValue', params), label: t('meter.readsLabel', params), share, mark: null }
        }}
      />
      <Meter
        title={t('meter.latency')}
        unit={t('meter.latencyUnit', { calls: all[0]?.calls ?? 0 })}
        run={run}
        open={open}
        read={({ fits }) => ({
          value: msWords(fits.p50Ms),
          label: t('meter.latencyLabel', { p50: msWords(fits.p50Ms), p95: msWords(fits.p95Ms) }),
          share: fits.p50Ms / mostMs,
          mark: fits.p95Ms / mostMs,
        })}
      />
    </div>
  )
}
