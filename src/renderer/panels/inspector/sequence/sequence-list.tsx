import { IconArrowRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { sayList, sayOf } from '../../../i18n/say.ts'
import classes from './sequence.module.css'
import { type Item, type Participant, remarkLine, type Sequence } from './sequence.ts'

interface SequenceListProps {
  readonly sequence: Sequence
  /** Only read out: the picture shows the same to the eye. */
  readonly isHidden: boolean
}

function Entry({ item, nameOf }: { readonly item: Item; readonly nameOf: (id: string) => string }) {
  const { t } = useTranslation('inspector')
  if (item.type === 'opening') return <b className={`mono ${item.accent}`}>{item.text}</b>
  if (item.type === 'remark') {
    return (
      <>
        <span className={classes['ends']}>{sayOf(nameOf(item.over), '')}</span>
        {sayList(item.lines.map(remarkLine))}
      </>
    )
  }
  const way = item.way === 'reply' || item.way === 'lost' ? t(`sequence.way.${item.way}`) : null
  return (
    <>
      <span className={classes['ends']}>
        {nameOf(item.from)} <IconArrowRight size={12} stroke={1.75} aria-hidden />
        <span className="sr">{t('sequence.to')}</span> {nameOf(item.to)}
        {way && ` (${way})`}:{' '}
      </span>
      <span className={item.tone ?? undefined}>{item.lines.join(', ')}</span>
    </>
  )
}

const fullName = ({ name, detail }: Participant): string => (detail === null ? name : `${name} (${detail})`)

/** The messages in words, in order. */
export function SequenceList({ sequence, isHidden }: SequenceListProps) {
  const { t } = useTranslation('inspector')
  const names = new Map(sequence.participants.map((participant) => [participant.id, fullName(participant)]))
  const nameOf = (id: string): string => names.get(id) ?? id
  return (
    <ol className={isHidden ? 'sr' : classes['list']} aria-label={t('sequence.list')}>
      {sequence.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew as a whole.
        <li key={index} className={item.type === 'opening' ? classes['opening'] : undefined}>
          <Entry item={item} nameOf={nameOf} />
        </li>
      ))}
    </ol>
  )
}
