import { Switch } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../contract/exchanges.ts'
import { saveText } from '../../desktop.ts'
import { say, sayOf } from '../../i18n/say.ts'
import { shortVerdict, toneOf } from '../../i18n/verdict-words.ts'
import { notify, useActions } from '../../state/act.ts'
import { useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { useTraffic } from '../../state/use-lab.ts'
import { durationWords } from '../../ui/duration-words.ts'
import { MechanismTag } from '../../ui/mechanism-tag.tsx'
import { Layer } from '../../ui/picture/layer.tsx'
import { PictureExports } from '../../ui/picture/picture-exports.tsx'
import { toSvg } from '../../ui/picture/svg-file.ts'
import { useInnerWidth } from '../../ui/use-inner-width.ts'
import classes from './flow.module.css'
import { STAGES } from './flow.ts'
import { toFlowMermaid } from './flow-mermaid.ts'
import { type FlowWords, flowScene } from './flow-scene.ts'
import { type LitFlow, litFlow, UNLIT } from './lit.ts'

/** Room that a saved picture has, pixels. */
const SAVED_WIDTH_PX = 960

const WORDS: FlowWords = {
  stage: (id) => say(`flow:stage.${id}`),
  phase: (phase) => say(`flow:phase.${phase}`),
  side: (side) => say(`flow:side.${side}`),
  duration: durationWords,
}

/** The newest exchange that has been answered, or the selected one. */
function useShown(isFollowing: boolean): Exchange | null {
  const selected = useUi((ui) => ui.selectedExchange)
  const { log } = useTraffic()
  const newest = log.rows.findLast(({ exchange }) => exchange.verdict !== null)?.exchange.id ?? null
  const { exchange } = useExchange(isFollowing || selected === null ? newest : selected)
  // What was shown last stays until the next one has been read: the picture must not go dark in between.
  const [last, setLast] = useState<Exchange | null>(null)
  if (exchange && exchange !== last) setLast(exchange)
  return newest === null ? null : (exchange ?? last)
}

function Exports({ lit, exchange }: { readonly lit: LitFlow; readonly exchange: Exchange | null }) {
  const { t, i18n } = useTranslation('flow')
  const { busy, run } = useActions()
  const title = t('exportTitle', { seq: exchange ? `#${exchange.seq}` : '-' })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language.
  const mermaid = useMemo(() => toFlowMermaid(lit, WORDS), [lit, i18n.language])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  const svg = useMemo(() => toSvg(flowScene(lit, WORDS, SAVED_WIDTH_PX), title), [lit, title, i18n.language])
  const save = async (): Promise<void> => {
    if (await run('save-flow', () => saveText('authlab-flow.svg', svg))) notify(t('saved'))
  }
  const words = { copyAs: t('copyAs'), copied: t('copied'), save: t('save') }
  return <PictureExports mermaid={mermaid} svg={svg} words={words} isBusy={busy !== null} save={() => void save()} />
}

/** What the picture says, in words, for whoever does not see it. */
function LitList({ lit }: { readonly lit: LitFlow }) {
  const { t } = useTranslation('flow')
  return (
    <ol className="sr" aria-label={t('list')}>
      {STAGES.flatMap(({ id }) => {
        const found = lit.stages.get(id)
        return found ? [<li key={id}>{sayOf(WORDS.stage(id), t(`outcome.${found.tone}`))}</li>] : []
      })}
    </ol>
  )
}

function Subject({ exchange, isFollowing }: { readonly exchange: Exchange; readonly isFollowing: boolean }) {
  const { t } = useTranslation('flow')
  const { seq, method, path, mechanism } = exchange
  return (
    <>
      <span className="n">{t(isFollowing ? 'following' : 'chosen')}</span>
      <span className="mono trunc">{`#${seq} ${method} ${path}`}</span>
      <MechanismTag mechanism={mechanism} label={say(`traffic:mechanismName.${mechanism}`)} isBoxed />
      <span className={`trunc ${toneOf(exchange.verdict)} ${classes['verdict']}`} role="status">
        {shortVerdict(exchange)}
      </span>
    </>
  )
}

/** The whole flow of both mechanisms, lit by one exchange. */
export function FlowPane() {
  const { t, i18n } = useTranslation('flow')
  const [isFollowing, setFollowing] = useState(true)
  const exchange = useShown(isFollowing)
  const lit = useMemo(() => (exchange ? litFlow(exchange) : UNLIT), [exchange])
  const [ref, availablePx] = useInnerWidth()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language.
  const scene = useMemo(() => flowScene(lit, WORDS, availablePx), [lit, availablePx, i18n.language])
  return (
    <section className="pane" aria-label={t('title')}>
      <div className="ph">
        <h2>{t('title')}</h2>
        {exchange ? <Subject exchange={exchange} isFollowing={isFollowing} /> : <span className="n">{t('none')}</span>}
        <span className="sp" />
        <Switch size="xs" label={t('follow')} checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
        <Exports lit={lit} exchange={exchange} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
      <section ref={ref} className={classes['scroller']} aria-label={t('picture')} tabIndex={0}>
        <Layer marks={scene.body} width={scene.widthPx} height={scene.bodyHeightPx} />
        <LitList lit={lit} />
      </section>
    </section>
  )
}
