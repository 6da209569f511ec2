// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names its row by aria-activedescendant.
// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a table; its rows are placed by transform.
import { IconCheck, IconCircleDashed, IconMinus, IconX } from '@tabler/icons-react'

interface VerdictProps {
  /** `ok` allowed, `no` denied, `neutral` neither. */
  readonly tone: 'ok' | 'no' | 'neutral'
  readonly label: string
}

// Icon and words lie in one box, which is the cell itself: a box around them would be laid out for every line that scrolls by.
// Made once: long lists draw them thousands of times.
const ICONS = {
  ok: <IconCheck size={13} stroke={1.75} aria-hidden />,
  no: <IconX size={13} stroke={1.75} aria-hidden />,
  neutral: <IconMinus size={13} stroke={1.75} aria-hidden />,
} as const

/** A verdict as icon and words, so that its colour is never alone; a cell of a grid. */
export const Verdict = ({ tone, label }: VerdictProps) => (
  <span role="gridcell" className={`vd trunc ${tone}`}>
    {ICONS[tone]}
    {label}
  </span>
)

/** A request that has no answer yet; a cell of a grid. */
export const InFlight = ({ label }: { readonly label: string }) => (
  <span role="gridcell" className="vd trunc plain inflight">
    <span className="spin">
      <IconCircleDashed size={13} stroke={1.75} aria-hidden />
    </span>
    {label}
  </span>
)
