import { useTranslation } from 'react-i18next'
import type { Step } from '../../../../contract/step.ts'
import { MAX_FAMILIES, useFamilies } from '../../../state/lists.ts'
import { openList } from '../../../state/ui-state.ts'
import { FamilyTree } from './family-tree.tsx'
import classes from './state.module.css'

/** The family of refresh tokens that the steps are about; null when they are about none. */
export function familyIdOf(steps: readonly Step[]): string | null {
  for (const { kind, evidence } of steps) {
    const family = kind.startsWith('refresh-') ? evidence['family'] : undefined
    if (typeof family === 'string') return family
  }
  return null
}

/** The family of refresh tokens that a request used, as it is now. */
export function LiveFamily({ id }: { readonly id: string }) {
  const { t } = useTranslation('inspector', { keyPrefix: 'family' })
  const { data: rows } = useFamilies({ limit: MAX_FAMILIES })
  const family = rows?.find((each) => each.id === id)
  return (
    <section className={classes['block']}>
      <h3>
        {t('title')}
        <button type="button" className="lk" onClick={() => openList('families', id)}>
          {t('inState')}
        </button>
      </h3>
      {family ? <FamilyTree family={family} /> : rows && <p>{t('gone')}</p>}
    </section>
  )
}
