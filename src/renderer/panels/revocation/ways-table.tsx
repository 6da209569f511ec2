import { IconStopwatch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Revocation } from '../../../contract/revocations.ts'
import { useActions } from '../../state/act.ts'
import { measureWay } from '../../state/measure-way.ts'
import { SETTABLE_WAYS, type SettableWay } from '../../state/settable-ways.ts'
import { selectRecord } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { durationWords } from '../../ui/duration-words.ts'
import { pricedExchange, usePrice } from './measured-price.ts'
import classes from './revocation.module.css'
import { delayWords } from './revocation-words.ts'
import { CountedExchange } from './stopwatch.tsx'

/** The newest stopwatch of a way that has counted a request; null when none has. */
const measured = (revocations: readonly Revocation[], way: SettableWay): Revocation | null =>
  revocations.find((one) => one.way === way && one.scope !== 'session' && one.accepted + one.refused > 0) ?? null

function Price({ revocation }: { readonly revocation: Revocation }) {
  const { t } = useTranslation('revocation')
  const price = usePrice(revocation)
  if (!price) return t('unknown')
  return (
    <>
      {t('lookUps', { count: price.lookUps })}
      {price.lookUps > 0 && <span className="mono"> {durationWords(price.us)}</span>} <CountedExchange id={pricedExchange(revocation)} />
    </>
  )
}

function Delay({ revocation }: { readonly revocation: Revocation }) {
  const { t } = useTranslation('revocation')
  const { accepted, firstRefusedMs, lastAcceptedMs } = revocation
  const words =
    firstRefusedMs === null
      ? t('neverRefused', { time: delayWords(lastAcceptedMs ?? 0) })
      : t('firstRefused', { time: delayWords(firstRefusedMs) })
  return (
    <>
      <b>{t('accepted', { count: accepted })}</b>
      {t('joined', { first: '', next: words })}
    </>
  )
}

interface WayRowProps {
  readonly way: SettableWay
  readonly busy: string | null
  readonly measure: () => void
}

function WayRow({ way, busy, measure }: WayRowProps) {
  const { t } = useTranslation('revocation')
  const isInForce = useLab((lab) => lab.cluster.revocation === way)
  const revocation = useLab((lab) => measured(lab.revocations, way))
  const name = t(`way.${way}.name`)
  return (
    <tr>
      <th scope="row">
        {name}
        {isInForce && <span className="tagn">{t('inForce')}</span>}
        <small>{t(`way.${way}.does`)}</small>
      </th>
      {revocation === null ? (
        <td colSpan={4} className="dim">
          {t('notMeasured')}
        </td>
      ) : (
        <>
          <td>
            <Delay revocation={revocation} />
          </td>
          <td>
            <Price revocation={revocation} />
          </td>
          <td>{revocation.rowsKept ?? t('unknown')}</td>
          <td>{revocation.collateral}</td>
        </>
      )}
      <td>
        <button
          type="button"
          className="btn sm"
          aria-label={t('measureWay', { way: name })}
          aria-disabled={busy !== null}
          title={t('measureHint')}
          onClick={busy === null ? measure : undefined}
        >
          <IconStopwatch size={13} stroke={1.75} aria-hidden />
          {t(busy === way ? 'measuring' : revocation === null ? 'measure' : 'measureAgain')}
        </button>
      </td>
    </tr>
  )
}

/** The ways of revocation side by side, by what was measured in this lab and by nothing else. */
export function WaysTable() {
  const { t } = useTranslation('revocation')
  const { busy, run } = useActions()
  const measure = async (way: SettableWay): Promise<void> => {
    const id = await run(way, () => measureWay(way))
    if (id !== undefined) selectRecord(id)
  }
  return (
    <table className={classes['ways']} aria-label={t('compare')}>
      <thead>
        <tr>
          <th scope="col">{t('column.way')}</th>
          <th scope="col">{t('column.delay')}</th>
          <th scope="col">{t('column.price')}</th>
          <th scope="col">{t('column.rows')}</th>
          <th scope="col">{t('column.collateral')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {SETTABLE_WAYS.map((way) => (
          <WayRow key={way} way={way} busy={busy} measure={() => void measure(way)} />
        ))}
      </tbody>
    </table>
  )
}
