import { IconDownload } from '@tabler/icons-react'
import { CopyButton } from '../code-block.tsx'
import classes from './picture-exports.module.css'

interface PictureExportsProps {
  readonly mermaid: string
  readonly svg: string
  readonly words: { readonly copyAs: string; readonly copied: string; readonly save: string }
  readonly isBusy: boolean
  readonly save: () => void
}

/** The ways in which a picture leaves the page. */
export const PictureExports = ({ mermaid, svg, words, isBusy, save }: PictureExportsProps) => (
  <>
    {/* biome-ignore lint/a11y/useSemanticElements: not a set of form fields. */}
    <span className={classes['copy']} role="group" aria-label={words.copyAs}>
      <CopyButton text={mermaid} label="Mermaid" doneLabel={words.copied} hasLabel />
      <CopyButton text={svg} label="SVG" doneLabel={words.copied} hasLabel />
    </span>
    <button type="button" className="ib" aria-label={words.save} title={words.save} disabled={isBusy} onClick={save}>
      <IconDownload size={15} stroke={1.75} aria-hidden />
    </button>
  </>
)
