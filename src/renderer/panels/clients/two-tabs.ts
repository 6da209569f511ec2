import type { Client } from '../../../contract/clients.ts'
import type { Verdict } from '../../../contract/verdict.ts'
import { api } from '../../api.ts'
import { say } from '../../i18n/say.ts'
import { notify } from '../../state/act.ts'
import { selectExchange, setUi } from '../../state/ui-state.ts'

/** What became of refreshes that were sent at once, in one sentence. */
function outcomeWords(client: string, verdicts: readonly (Verdict | null)[]): string {
  const accepted = verdicts.filter((verdict) => verdict === 'allowed').length
  const refused = verdicts.length - accepted
  if (refused === 0) return say('clients:twoTabs.both')
  if (accepted > 0 && verdicts.includes('refresh-reused')) return say('clients:twoTabs.reused', { client })
  return say('clients:twoTabs.other', { accepted, refused })
}

/** Refreshes twice at once with the same refresh token, and shows the family with what came of it: the refused one where there is one. */
export async function refreshInTwoTabs({ id, name }: Client): Promise<void> {
  const { exchanges } = await api.clients.refresh({ id, times: 2 })
  const seen = await Promise.all(exchanges.map((exchange) => api.exchanges.get({ id: exchange })))
  const shown = seen.find(({ verdict }) => verdict !== 'allowed') ?? seen.at(-1)
  if (shown === undefined) return
  selectExchange(shown.id)
  setUi({ inspectorTab: 'state' })
  notify(
    outcomeWords(
      name,
      seen.map(({ verdict }) => verdict),
    ),
  )
}
