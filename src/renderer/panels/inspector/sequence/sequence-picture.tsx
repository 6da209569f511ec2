import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { attributesOf, type Mark, type Paint } from './marks.ts'
import { sceneOf } from './scene.ts'
import classes from './sequence.module.css'
import type { Sequence } from './sequence.ts'

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

const Layer = ({ marks, width, height }: LayerProps) => (
  <svg className={classes['layer']} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
    {marks.map((mark, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a picture is drawn anew as a whole.
      <Drawn key={index} mark={mark} />
    ))}
  </svg>
)

/** How wide the scroller is inside, pixels. */
function useInnerWidth(): readonly [ref: React.RefObject<HTMLElement | null>, widthPx: number] {
  const ref = useRef<HTMLElement>(null)
  const [widthPx, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  return [ref, widthPx]
}

/** The sequence as a picture that scrolls inside the pane, below the participants' heads. */
export function SequencePicture({ sequence }: { readonly sequence: Sequence }) {
  const { t } = useTranslation('inspector')
  const [ref, availablePx] = useInnerWidth()
  const scene = useMemo(() => sceneOf(sequence, availablePx), [sequence, availablePx])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section ref={ref} className={classes['scroller']} aria-label={t('sequence.picture')} tabIndex={0}>
      <div className={classes['heads']}>
        <Layer marks={scene.head} width={scene.widthPx} height={scene.headHeightPx} />
      </div>
      <Layer marks={scene.body} width={scene.widthPx} height={scene.bodyHeightPx} />
    </section>
  )
}
