// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its rows.
import { memo } from 'react'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import { say } from '../../i18n/say.ts'
import { shortVerdict, toneOf } from '../../i18n/verdict-words.ts'
import { clockTime } from '../../state/lab-time.ts'
import lines from '../../ui/grid-lines.module.css'
import { MechanismTag } from '../../ui/mechanism-tag.tsx'
import { StatusCode } from '../../ui/status-code.tsx'
import { InFlight, Verdict } from '../../ui/verdict.tsx'
import classes from './traffic.module.css'

interface ExchangeLineProps {
  readonly exchange: ExchangeSummary
  readonly line: number
  readonly top: number
  readonly isSelected: boolean
  readonly isActive: boolean
  /** Draws again when the language changes. */
  readonly language: string
  readonly select: (id: string) => void
}

/** DOM id of the line of an exchange or action. */
export const lineId = (id: string): string => `line-${id}`

const durationMs = (ms: number | null): string => (ms === null ? '' : ms.toFixed(ms < 99.5 ? 1 : 0))

const inFlightWords = (node: string | null): string => (node === null ? say('traffic:inFlightNoNode') : say('traffic:inFlight', { node }))

const details = (exchange: ExchangeSummary): string =>
  `#${exchange.seq} ${clockTime(exchange.labTime)} ${exchange.method} ${exchange.path}, ${exchange.requestBytes} + ${exchange.responseBytes} B`

/** One exchange as a row of the grid. */
export const ExchangeLine = memo(function ExchangeLine({ exchange, line, top, isSelected, isActive, select }: ExchangeLineProps) {
  const tone = toneOf(exchange.verdict)
  const isOpen = exchange.verdict === null
  return (
    <div
      role="row"
      id={lineId(exchange.id)}
      aria-rowindex={line + 2}
      aria-selected={isSelected}
      className={`${lines['line']} ${lines['cells']} ${classes['exchange']} ${isSelected ? lines['selected'] : ''} ${isActive ? lines['active'] : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      title={details(exchange)}
      onClick={() => select(exchange.id)}
    >
      <span role="gridcell" className="mono dim trunc">
        {exchange.seq}
      </span>
      <span role="gridcell" className={`mono ${classes['time']}`}>
        {clockTime(exchange.labTime)}
      </span>
      <span role="gridcell" className="trunc">
        {exchange.clientName ?? <span className="dim">{say('traffic:stranger')}</span>}
      </span>
      <span role="gridcell" className="mono trunc">
        {exchange.node ?? <span className="dim">–</span>}
      </span>
      <span role="gridcell" className="mono trunc">
        <span className={classes['method']}>{exchange.method}</span> {exchange.path}
      </span>
      <span role="gridcell">
        <StatusCode status={exchange.status} tone={tone} />
      </span>
      <MechanismTag role="gridcell" mechanism={exchange.mechanism} label={say(`traffic:mechanismName.${exchange.mechanism}`)} />
      {isOpen ? <InFlight label={inFlightWords(exchange.node)} /> : <Verdict tone={tone} label={shortVerdict(exchange)} />}
      <span role="gridcell" className={`mono ${lines['number']}`}>
        {durationMs(exchange.durationMs)}
      </span>
      <span role="gridcell" className={`mono dim ${lines['number']} ${classes['bytes']}`}>
        {isOpen ? '' : exchange.responseBytes}
      </span>
    </div>
  )
})
