import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, getSmoothStepPath, Position } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { selectExchange } from '../../state/ui-state.ts'
import { SIZES } from './layout.ts'
import classes from './topology.module.css'
import type { Line } from './use-topology.ts'

const FLIGHT_SECONDS = '1.4s'

const BESIDE = 22
const ABOVE_STORE = 17

/** Course of a line, and where its words are. One that comes into the store from the right runs beside the boxes, its words above the store. */
function courseOf(props: EdgeProps<Line>): [path: string, x: number, y: number] {
  if (props.targetPosition !== Position.Right) {
    const [path, x, y] = getBezierPath(props)
    return [path, x, y]
  }
  const [path] = getSmoothStepPath({ ...props, borderRadius: 10, offset: BESIDE })
  return [path, props.targetX - SIZES.store.width / 2, props.targetY - SIZES.store.height / 2 - ABOVE_STORE]
}

/** A connection. On the selected path in its accent; with a pulse as long as a request is open on it. */
export function TopologyLine(props: EdgeProps<Line>) {
  const { t } = useTranslation('topology')
  const [path, labelX, labelY] = courseOf(props)
  const { data } = props
  if (!data) return null
  const { flying, flights, uses, isHot, isDim, isDown, accent } = data
  const look = [classes['line'], accent, isHot && classes['hotLine'], isDim && classes['dimLine'], isDown && classes['downLine']]
  const words = data.seq !== null ? `#${data.seq}` : data.access !== null ? t(`access.${data.access}`) : null
  const flightWords = flying === null ? undefined : `#${flying.seq} ${flying.method} ${flying.path}`
  const isHotLabel = words !== null || flying !== null
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  return (
    <>
      <BaseEdge path={path} className={look.filter(Boolean).join(' ')} />
      {flying && (
        <circle r={5} className={`${classes['pulse']} ${accent}`} {...(isStill ? { cx: labelX, cy: labelY } : {})}>
          {!isStill && <animateMotion dur={FLIGHT_SECONDS} repeatCount="indefinite" path={path} />}
        </circle>
      )}
      {(isHotLabel || uses !== null) && (
        <EdgeLabelRenderer>
          <div
            className={`${isHotLabel ? `${classes['label']} ${accent}` : classes['uses']} nodrag nopan`}
            title={uses === null ? undefined : t('storeUse', uses)}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {flying ? (
              <button type="button" aria-label={flightWords} title={flightWords} onClick={() => selectExchange(flying.id)}>
                #{flying.seq}
                {flights > 1 && ` +${flights - 1}`}
              </button>
            ) : (
              (words ?? (uses !== null && t('uses', uses)))
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
}
