import classes from './waterfall.module.css'

interface WaterfallProps {
  /** Share of the whole before this part, 0 to 1. */
  readonly start: number
  /** This part's share of the whole, 0 to 1. */
  readonly share: number
}

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`

/** Where one part lies in the whole. The duration beside it says the same in text. */
export const Waterfall = ({ start, share }: WaterfallProps) => (
  <span className={classes['track']} aria-hidden>
    <i className={classes['part']} style={{ left: `min(${percent(start)}, calc(100% - 2px))`, width: percent(share) }} />
  </span>
)
