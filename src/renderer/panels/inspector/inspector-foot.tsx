import { IconRepeat, IconSpy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Exchange } from '../../../contract/exchanges.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useCommand } from '../../state/commands.ts'
import { selectExchange } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { CopyButton } from '../../ui/code-block.tsx'
import { toCurl } from './curl.ts'
import classes from './inspector.module.css'

/** Sends the request again, as the same client or as the attacker, and shows what came of it. */
export function InspectorFoot({ exchange }: { readonly exchange: Exchange }) {
  const { t } = useTranslation('inspector')
  const attacker = useLab((lab) => lab.clients.find(({ isAttacker }) => isAttacker))
  const origin = useLab((lab) => lab.balancer.url)
  const { busy, run } = useActions()
  const replay = async (name: string, client?: string): Promise<void> => {
    const answer = await run(name, () => api.exchanges.replay({ id: exchange.id, ...(client === undefined ? {} : { client }) }))
    const last = answer?.exchanges.at(-1)
    if (last !== undefined) selectExchange(last)
  }
  const asAttacker = (): void => {
    if (attacker) void replay('replay-as', attacker.id)
  }
  useCommand('replay', () => void replay('replay'))
  useCommand('replay-as-mallory', asAttacker)
  return (
    <footer className={classes['foot']}>
      <button type="button" className="btn sm pri" disabled={busy !== null} onClick={() => void replay('replay')}>
        <IconRepeat size={13} stroke={1.75} aria-hidden />
        {t('replay')}
      </button>
      {attacker && (
        <button
          type="button"
          className="btn sm"
          disabled={busy !== null}
          title={t('asMalloryHint', { name: attacker.name })}
          onClick={asAttacker}
        >
          <IconSpy size={13} stroke={1.75} aria-hidden />
          {t('asMallory', { name: attacker.name })}
        </button>
      )}
      <span className="sp" />
      <CopyButton text={toCurl(exchange, origin)} label={t('curl')} doneLabel={t('copied')} />
    </footer>
  )
}
