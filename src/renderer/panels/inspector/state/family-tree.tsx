import { IconAlertTriangle, IconBan, IconCheck, IconClockX, IconKey } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RefreshFamily } from '../../../../contract/refresh-families.ts'
import { clockTime, countdown, useLabSecond } from '../../../state/lab-time.ts'
import { openExchange } from '../../../state/ui-state.ts'
import { useEvidence } from '../../../state/use-evidence.ts'
import { Lineage, type LineageItem } from '../../../ui/lineage.tsx'
import { labDate } from '../dates.ts'
import { generationsOf, type MemberStanding, standingOf } from './family-members.ts'
import classes from './state.module.css'

const ICONS: Readonly<Record<MemberStanding, React.ReactNode>> = {
  used: <IconCheck size={12} stroke={2} aria-hidden />,
  reused: <IconAlertTriangle size={12} stroke={2} aria-hidden />,
  live: <IconKey size={12} stroke={2} aria-hidden />,
  expired: <IconClockX size={12} stroke={2} aria-hidden />,
  ended: <IconBan size={12} stroke={2} aria-hidden />,
}
const REUSE = <IconAlertTriangle size={12} stroke={2} aria-hidden />
const ID_SHOWN = 10
const SHOWN_AT_FIRST = 40

/** The request that presented a used token again. */
function ReuseExchange({ member, at }: { readonly member: string; readonly at: number }) {
  const { t } = useTranslation('inspector', { keyPrefix: 'family' })
  const reuse = useEvidence(member, at)?.find(({ verdict }) => verdict === 'refresh-reused')
  if (!reuse) return null
  return (
    <button type="button" className="lk" onClick={() => openExchange(reuse.id)}>
      {t('inExchange', { seq: reuse.seq, client: reuse.clientName ?? t('stranger') })}
    </button>
  )
}

/** A family of refresh tokens, generation by generation: what became of each, when a used one came back, and why the family ended. */
export function FamilyTree({ family }: { readonly family: RefreshFamily }) {
  const { t, i18n } = useTranslation('inspector', { keyPrefix: 'family' })
  const [isWhole, setWhole] = useState(false)
  const now = useLabSecond()
  const generations = useMemo(() => generationsOf(family.members), [family.members])
  const members = isWhole ? family.members : family.members.slice(-SHOWN_AT_FIRST)
  const date = (ms: number): string => labDate(ms, now, i18n.language)
  const items = members.map((member): LineageItem => {
    const standing = standingOf(member, family, now)
    const until = Math.min(member.idleExpiresAt, family.absoluteExpiresAt)
    const fate = { used: member.usedAt, reused: member.usedAt, live: until, expired: until, ended: family.revokedAt }[standing]
    const fateWords = fate === null ? '?' : standing === 'live' ? countdown(fate - now) : date(fate)
    return {
      id: member.id,
      parent: member.parent,
      icon: ICONS[standing],
      look: standing === 'live' ? 'live' : 'past',
      title: t('generation', { count: generations.get(member.id) ?? 1, standing: t(`standing.${standing}`) }),
      details: (
        <>
          <span className="mono">{member.id.slice(0, ID_SHOWN)}…</span> · {t('issued', { time: clockTime(member.issuedAt) })} ·{' '}
          {t(`fate.${standing}`, { time: fateWords })}
        </>
      ),
    }
  })
  const reuses = members.flatMap((member): LineageItem[] => {
    const { id, reusedAt } = member
    if (reusedAt === null) return []
    return [
      {
        id: `reuse-${id}`,
        parent: id,
        icon: REUSE,
        look: 'event',
        title: t('reuse', { time: date(reusedAt), count: generations.get(id) ?? 1 }),
        details: (
          <>
            <ReuseExchange member={id} at={reusedAt} /> {t('reuseEnds')}
          </>
        ),
      },
    ]
  })
  return (
    <div className={`jwt ${classes['family']}`}>
      {members.length < family.members.length && (
        <button type="button" className="btn sm" onClick={() => setWhole(true)}>
          {t('showAll', { count: family.members.length })}
        </button>
      )}
      <Lineage label={t('tree')} items={[...items, ...reuses]} />
      <p className={classes['end']}>
        {family.state === 'revoked' && <IconBan size={13} stroke={1.75} aria-hidden />}
        {family.state === 'expired' && <IconClockX size={13} stroke={1.75} aria-hidden />}
        {family.state === 'revoked'
          ? t(`endedBy.${family.revokedReason ?? 'unknown'}`, { time: date(family.revokedAt ?? 0) })
          : t(`endsAt.${family.state}`, { time: date(family.absoluteExpiresAt) })}
      </p>
    </div>
  )
}
