import classes from './status-code.module.css'

interface StatusCodeProps {
  /** Null while in flight. */
  readonly status: number | null
  readonly tone: 'ok' | 'no' | 'neutral'
  readonly isBoxed?: boolean
}

/** An HTTP status code in the colour of the verdict. */
export const StatusCode = ({ status, tone, isBoxed = false }: StatusCodeProps) => (
  <span className={`mono ${tone} ${isBoxed ? classes['box'] : classes['bare']}`}>{status ?? '…'}</span>
)
