import { IconLayoutList, IconSchema } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { saveText } from '../../../desktop.ts'
import { storeAt } from '../../../i18n/verdict-causes.ts'
import { notify, useActions } from '../../../state/act.ts'
import { useLab } from '../../../state/use-lab.ts'
import { Choice } from '../../../ui/choice.tsx'
import { PictureExports } from '../../../ui/picture/picture-exports.tsx'
import { toSvg } from '../../../ui/picture/svg-file.ts'
import { toMermaid } from './mermaid.ts'
import { MOST_EXCHANGES, type Scope } from './run.ts'
import { sceneOf } from './scene.ts'
import classes from './sequence.module.css'
import type { Sequence } from './sequence.ts'
import { SequenceList } from './sequence-list.tsx'
import { sequenceOf } from './sequence-of.ts'
import { SequencePicture } from './sequence-picture.tsx'
import { useRun } from './use-run.ts'

/** Room that a saved picture has at least, pixels. */
const SAVED_WIDTH_PX = 640

function useSequence(exchanges: readonly Exchange[]): Sequence {
  const { i18n } = useTranslation()
  const clients = useLab((lab) => lab.clients)
  const actions = useLab((lab) => lab.actions)
  const store = useLab((lab) => lab.cluster.store)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language.
  return useMemo(() => {
    const attackers = new Set(clients.filter(({ isAttacker }) => isAttacker).map(({ id }) => id))
    return sequenceOf(exchanges, { attackers, storeAt: (seq) => storeAt(seq, actions, store) })
  }, [exchanges, clients, actions, store, i18n.language])
}

function Exports({ sequence, seq }: { readonly sequence: Sequence; readonly seq: number }) {
  const { t } = useTranslation('inspector')
  const { busy, run } = useActions()
  const mermaid = useMemo(() => toMermaid(sequence), [sequence])
  const svg = useMemo(() => toSvg(sceneOf(sequence, SAVED_WIDTH_PX), `AuthLab #${seq}`), [sequence, seq])
  const save = async (): Promise<void> => {
    if (await run('save-sequence', () => saveText(`authlab-sequence-${seq}.svg`, svg))) notify(t('sequence.saved'))
  }
  const words = { copyAs: t('sequence.copyAs'), copied: t('copied'), save: t('sequence.saveSvg') }
  return <PictureExports mermaid={mermaid} svg={svg} words={words} isBusy={busy !== null} save={() => void save()} />
}

interface BarProps {
  readonly scope: Scope
  readonly setScope: (scope: Scope) => void
  readonly isStranger: boolean
}

function Scopes({ scope, setScope, isStranger }: BarProps) {
  const { t } = useTranslation('inspector')
  const scopes: Scope[] = isStranger ? ['one', 'onward'] : ['one', 'onward', 'login']
  return (
    <Choice
      label={t('sequence.which')}
      value={scope}
      options={scopes.map((name) => [name, t(`sequence.${name}`)] as const)}
      choose={setScope}
    />
  )
}

/** The selected exchange, or a run of them, as messages between client, balancer, node and store. */
export function SequenceTab({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const [chosen, setScope] = useState<Scope>('one')
  const [isList, setList] = useState(false)
  const isStranger = exchange.client === null
  const scope = isStranger && chosen === 'login' ? 'one' : chosen
  const { exchanges, isCut, isFiltered, isLoading, missing } = useRun(scope, exchange)
  const sequence = useSequence(exchanges)
  const messages = sequence.items.filter(({ type }) => type === 'message').length
  const Other = isList ? IconSchema : IconLayoutList
  const words = [t('sequence.requests', { count: exchanges.length }), t('sequence.messages', { count: messages })]
  if (isFiltered) words.push(t('sequence.filtered'))
  if (isCut) words.push(t('sequence.bounded', { most: MOST_EXCHANGES }))
  if (missing > 0) words.push(t('sequence.missing', { count: missing }))
  const other = t(isList ? 'sequence.asPicture' : 'sequence.asList')
  return (
    <div className={classes['tab']}>
      <div className={classes['bar']}>
        <Scopes scope={scope} setScope={setScope} isStranger={isStranger} />
        <span className="sp" />
        <button type="button" className="ib" aria-label={other} title={other} onClick={() => setList(!isList)}>
          <Other size={15} stroke={1.75} aria-hidden />
        </button>
      </div>
      <div className={classes['bar']}>
        <p className={classes['count']}>{isLoading ? t('sequence.loading') : words.join(', ')}</p>
        <span className="sp" />
        <Exports sequence={sequence} seq={exchange.seq} />
      </div>
      {!isList && <SequencePicture sequence={sequence} />}
      <SequenceList sequence={sequence} isHidden={!isList} />
    </div>
  )
}
