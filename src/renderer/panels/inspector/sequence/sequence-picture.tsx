import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Layer } from '../../../ui/picture/layer.tsx'
import { useInnerWidth } from '../../../ui/use-inner-width.ts'
import { sceneOf } from './scene.ts'
import classes from './sequence.module.css'
import type { Sequence } from './sequence.ts'

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
