import wire from './wire.module.css'

interface ByteBarProps {
  readonly total: number
  /** Pixels an octet: the same for every bar that is to be compared. */
  readonly scale: number
  readonly parts: ReadonlyArray<readonly [className: string, octets: number, label: string]>
  readonly note?: string
}

/** Octets as a bar with its numbers; the bars of both columns share one scale. */
export const ByteBar = ({ total, scale, parts, note }: ByteBarProps) => (
  <p className={wire['bytes']}>
    <span className={wire['bar']} aria-hidden>
      {parts.map(([className, octets]) => (
        <i key={className} className={wire[className]} style={{ width: `${Math.max(1, octets * scale)}px` }} />
      ))}
    </span>
    <b>{total} B</b>
    {note !== undefined && <span>{note}</span>}
    {parts.length > 1 &&
      parts.map(([className, octets, label]) => (
        <span key={className} className={wire['legend']}>
          <i className={wire[className]} aria-hidden />
          {label} {octets}
        </span>
      ))}
  </p>
)
