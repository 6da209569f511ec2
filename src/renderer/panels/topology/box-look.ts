import classes from './topology.module.css'
import type { BoxData } from './use-topology.ts'

/** Class names of a box by what it knows. */
export const boxLook = ({ isHot, isLit, accent }: BoxData, ...more: (string | undefined | false)[]): string =>
  [classes['box'], isHot && `${classes['hot']} ${accent}`, isLit && classes['lit'], ...more].filter(Boolean).join(' ')
