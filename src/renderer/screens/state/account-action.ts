import type { TFunction } from 'i18next'
import { api } from '../../api.ts'
import { notify } from '../../state/act.ts'
import type { RowAction } from './row-menu.tsx'

/** Ends everything of the account that a row belongs to; nothing for a row of nobody. */
export function accountAction(account: string | null, t: TFunction<'state'>): RowAction[] {
  if (account === null) return []
  const act = async (): Promise<void> => {
    const { ended } = await api.accounts.endSessions({ name: account })
    notify(t('everythingDone', { account, count: ended }))
  }
  return [{ id: 'everything', label: t('everything', { account }), note: t('everythingNote'), act }]
}
