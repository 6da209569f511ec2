import { IconArrowRight, IconArrowsMaximize, IconChevronDown, IconChevronUp, IconLayoutSidebarRight, IconSpy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ExchangeSummary } from '../../../contract/exchanges.ts'
import { say } from '../../i18n/say.ts'
import { toneOf } from '../../i18n/verdict-words.ts'
import { runCommand } from '../../state/commands.ts'
import { useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { MechanismTag } from '../../ui/mechanism-tag.tsx'
import { StatusCode } from '../../ui/status-code.tsx'
import classes from './inspector.module.css'

const Arrow = () => <IconArrowRight size={13} stroke={1.75} className="dim" aria-hidden />

interface RouteProps {
  readonly exchange: ExchangeSummary
  /** Where a step of this exchange read or wrote, in words; null when none did. */
  readonly storeName: string | null
}

/** The way the request took. */
function Route({ exchange, storeName }: RouteProps) {
  const { t } = useTranslation('inspector')
  const isAttacker = useLab((lab) => lab.clients.find(({ id }) => id === exchange.client)?.isAttacker ?? false)
  const name = exchange.clientName ?? t('stranger')
  return (
    // biome-ignore lint/a11y/useSemanticElements: not a set of form fields.
    <div className={classes['route']} role="group" aria-label={t('route')}>
      <span className={`av ${isAttacker ? 'mal' : ''} ${classes['avatar']}`} aria-hidden>
        {isAttacker ? <IconSpy size={11} stroke={1.75} /> : name.slice(0, 1)}
      </span>
      <span className="trunc">{name}</span>
      <Arrow />
      <span>{t('balancer')}</span>
      {exchange.node !== null && (
        <>
          <Arrow />
          <span className="mono">{exchange.node}</span>
        </>
      )}
      {storeName !== null && (
        <>
          <Arrow />
          <span>{storeName}</span>
        </>
      )}
    </div>
  )
}

/** Which request this is, how it ended, and the way it took. */
export function InspectorHead({ exchange, storeName }: RouteProps) {
  const { t } = useTranslation('inspector')
  const isWide = useUi((ui) => ui.isInspectorWide)
  return (
    <header className={classes['head']}>
      <div className={classes['title']}>
        <span className="mono dim">#{exchange.seq}</span>
        <h2 className="mono" title={`${exchange.method} ${exchange.path}`}>
          {exchange.method} {exchange.path}
        </h2>
        <StatusCode status={exchange.status} tone={toneOf(exchange.verdict)} isBoxed />
        <MechanismTag mechanism={exchange.mechanism} label={say(`traffic:mechanismName.${exchange.mechanism}`)} isBoxed />
        {!isWide && (
          <span className={classes['buttons']}>
            <button
              type="button"
              className="ib"
              aria-label={t('previous')}
              title={t('previous')}
              onClick={() => runCommand('previous-request')}
            >
              <IconChevronUp size={15} stroke={1.75} aria-hidden />
            </button>
            <button type="button" className="ib" aria-label={t('next')} title={t('next')} onClick={() => runCommand('next-request')}>
              <IconChevronDown size={15} stroke={1.75} aria-hidden />
            </button>
            <button type="button" className="ib" aria-label={t('widen')} title={t('widen')} onClick={() => runCommand('widen-inspector')}>
              <IconArrowsMaximize size={15} stroke={1.75} aria-hidden />
            </button>
            <button type="button" className="ib" aria-label={t('hide')} title={t('hide')} onClick={() => runCommand('toggle-inspector')}>
              <IconLayoutSidebarRight size={15} stroke={1.75} aria-hidden />
            </button>
          </span>
        )}
      </div>
      <Route exchange={exchange} storeName={storeName} />
    </header>
  )
}
