import classes from './layer.module.css'
import { attributesOf, type Mark, type Paint } from './marks.ts'

const token = (paint: Paint): string => `var(--${paint})`

const REACT_NAMES: Readonly<Record<string, string>> = {
  'stroke-width': 'strokeWidth',
  'stroke-dasharray': 'strokeDasharray',
  'stroke-linejoin': 'strokeLinejoin',
  'font-size': 'fontSize',
  'font-weight': 'fontWeight',
  'text-anchor': 'textAnchor',
  'paint-order': 'paintOrder',
}

function Drawn({ mark }: { readonly mark: Mark }) {
  const attributes = Object.fromEntries(
    Object.entries(attributesOf(mark, token)).map(([name, value]) => [REACT_NAMES[name] ?? name, value]),
  )
  if (mark.shape !== 'text') return <mark.shape {...attributes} />
  return (
    <text {...attributes} className={mark.isMono ? 'mono' : undefined}>
      {mark.text}
    </text>
  )
}

interface LayerProps {
  readonly marks: readonly Mark[]
  readonly width: number
  readonly height: number
}

/** Marks on the page, in the colours of its theme. What they say has to stand beside them in words. */
export const Layer = ({ marks, width, height }: LayerProps) => (
  <svg className={classes['layer']} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
    {marks.map((mark, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a picture is drawn anew as a whole.
      <Drawn key={index} mark={mark} />
    ))}
  </svg>
)
