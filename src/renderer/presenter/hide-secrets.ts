import type { Exchange } from '../../contract/exchanges.ts'
import { queries } from '../state/queries.ts'
import { currentUi, onUiChange, useUi } from '../state/ui-state.ts'
import { currentLab, onLabChange } from '../state/use-lab.ts'
import { Curtain } from './curtain.ts'
import { KnownSecrets } from './secrets.ts'

const secrets = new KnownSecrets()
const curtain = new Curtain((text) => secrets.mask(text))

const areHidden = ({ isPresenting, areSecretsHidden }: { isPresenting: boolean; areSecretsHidden: boolean }): boolean =>
  isPresenting && areSecretsHidden

const draw = (): void => {
  const isHiding = areHidden(currentUi())
  document.documentElement.toggleAttribute('data-secrets-hidden', isHiding)
  if (isHiding) curtain.lower()
  else curtain.raise()
}

/** A whole exchange, wherever in an answer of the lab it stands. */
function addExchanges(data: unknown): void {
  if (Array.isArray(data)) for (const one of data) addExchanges(one)
  else if (typeof data === 'object' && data !== null && 'request' in data && 'response' in data && 'steps' in data) {
    secrets.addExchange(data as Exchange)
  }
}

/** From now on what lets somebody act as another is hidden while the page is presented. It learns the secrets before anything draws them. */
export function hideSecretsWhilePresenting(): void {
  const learn = (): void => {
    for (const client of currentLab().clients) secrets.addClient(client)
  }
  learn()
  let clients = currentLab().clients
  onLabChange(() => {
    if (currentLab().clients === clients) return
    clients = currentLab().clients
    learn()
  })
  queries.getQueryCache().subscribe(({ query }) => {
    if (query.state.data !== undefined) addExchanges(query.state.data)
  })
  onUiChange((ui, before) => {
    if (areHidden(ui) !== areHidden(before)) draw()
  })
  draw()
}

/** Text as it may be shown and copied now. */
export const shownText = (text: string): string => (areHidden(currentUi()) ? secrets.mask(text) : text)
/** Whether secrets are hidden now. */
export const useSecretsHidden = (): boolean => useUi(areHidden)
