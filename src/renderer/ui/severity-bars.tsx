import classes from './severity-bars.module.css'

interface SeverityBarsProps {
  readonly severity: 1 | 2 | 3
  /** What is said in their place. */
  readonly name: string
}

/** One to three bars; severity is ink, since red means denied. */
export const SeverityBars = ({ severity, name }: SeverityBarsProps) => (
  <span className={classes['severity']} role="img" aria-label={name} title={name} data-severity={severity}>
    <i />
    <i />
    <i />
  </span>
)
