import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../../contract/exchanges.ts'
import { familyOf } from '../../../i18n/verdict-words.ts'
import tables from '../../../ui/table.module.css'
import { findCredential, splitSessionValue } from '../credential/find-credential.ts'
import { Note } from '../note.tsx'
import { hasUsedStore, sessionStoreOf, storeUseOf } from '../store-use.ts'
import { cellText } from '../story/evidence.tsx'
import { useSha256 } from '../use-sha256.ts'
import { familyIdOf, LiveFamily } from './live-family.tsx'
import { LiveSession } from './live-session.tsx'
import { changedFields, type EvidenceRow, type SessionChange, sessionChangeOf } from './session-change.ts'
import classes from './state.module.css'

function titleKey({ before, after }: SessionChange): 'created' | 'removed' | 'changed' | 'same' | 'missing' {
  if (!before && !after) return 'missing'
  if (!before) return 'created'
  if (!after) return 'removed'
  return changedFields(before, after).size > 0 ? 'changed' : 'same'
}

interface SidesProps {
  readonly change: SessionChange
  readonly labTime: number
}

/** The row before and after, field by field; what changed says so in words as well. */
function Sides({ change, labTime }: SidesProps) {
  const { t, i18n } = useTranslation('inspector')
  const { before, after } = change
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const changed = before && after ? changedFields(before, after) : new Set<string>()
  const cell = (row: EvidenceRow | null | undefined, name: string) =>
    row ? cellText(name, row[name], labTime, i18n.language) : <span className="dim">{t('none')}</span>
  return (
    <table className={`${tables['table']} ${tables['wire']} ${classes['sides']}`}>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          <th scope="col">{t('before')}</th>
          <th scope="col">{t('after')}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name} className={changed.has(name) ? classes['changed'] : ''}>
            <th scope="row">
              {name}
              {changed.has(name) && <span className={classes['mark']}>{t('state.changedField')}</span>}
            </th>
            <td>{cell(before, name)}</td>
            <td>{cell(after, name)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Untouched({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector', { keyPrefix: 'state' })
  if (familyOf(exchange.mechanism) !== 'jwt') return <Note title={t('noSession')} text={t('noSessionHint')} />
  return !hasUsedStore(storeUseOf(exchange.steps)) ? (
    <Note title={t('untouchedJwt')} text={t('untouchedJwtHint')} />
  ) : (
    <Note title={t('readsJwt')} text={t('readsJwtHint')} />
  )
}

const idIn = (row: EvidenceRow | null | undefined): string | null => (typeof row?.['id'] === 'string' ? row['id'] : null)

/** The store row before and after this exchange, as it is now, and what can be done to it. */
export function StateTab({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const change = sessionChangeOf(exchange.steps)
  const store = sessionStoreOf(exchange.steps) ?? 'sqlite'
  const credential = findCredential(exchange)
  const sid = credential?.kind === 'session' ? (splitSessionValue(credential.value)?.id ?? null) : null
  const hash = useSha256(sid)
  const family = familyIdOf(exchange.steps)
  const id = idIn(change?.after) ?? idIn(change?.before) ?? hash
  return (
    <div className="ses">
      {change === null && family === null && <Untouched exchange={exchange} />}
      {change !== null && (
        <section className={classes['block']}>
          <h3>
            {t(`state.${titleKey(change)}`, { context: store })}
            <small>{t('state.thenNow')}</small>
          </h3>
          {(change.before || change.after) && <Sides change={change} labTime={exchange.labTime} />}
        </section>
      )}
      {id !== null && <LiveSession id={id} />}
      {family !== null && <LiveFamily id={family} />}
    </div>
  )
}
