import { IconCheck, IconCircleDashed, IconMinus, IconX } from '@tabler/icons-react'

interface VerdictProps {
  /** `ok` allowed, `no` denied, `neutral` neither. */
  readonly tone: 'ok' | 'no' | 'neutral'
  readonly label: string
}

// Made once: long lists draw them thousands of times.
const ICONS = {
  ok: <IconCheck size={13} stroke={1.75} aria-hidden />,
  no: <IconX size={13} stroke={1.75} aria-hidden />,
  neutral: <IconMinus size={13} stroke={1.75} aria-hidden />,
} as const

/** A verdict as icon and words, so that its colour is never alone. */
export function Verdict({ tone, label }: VerdictProps) {
  return (
    <span className={`vd ${tone}`}>
      {ICONS[tone]}
      <span className="trunc">{label}</span>
    </span>
  )
}

/** A request that has no answer yet. */
export const InFlight = ({ label }: { readonly label: string }) => (
  <span className="vd plain inflight">
    <span className="spin">
      <IconCircleDashed size={13} stroke={1.75} aria-hidden />
    </span>
    <span className="trunc">{label}</span>
  </span>
)
