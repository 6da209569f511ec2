import { Tabs } from '@mantine/core'
import { IconArrowLeft, IconLayoutSidebarRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { runCommand, useCommand } from '../../state/commands.ts'
import { currentUi, selectExchange, setCredentialView, setUi, useUi } from '../../state/ui-state.ts'
import { useExchange } from '../../state/use-exchange.ts'
import { currentLog, useSummary } from '../../state/use-lab.ts'
import { SideBySide } from './credential/side/side-by-side.tsx'
import inspector from './inspector.module.css'
import { InspectorFoot } from './inspector-foot.tsx'
import { InspectorHead } from './inspector-head.tsx'
import { Note } from './note.tsx'
import { hasUsedStore, sessionStoreOf, storeUseOf } from './store-use.ts'
import { Missing, TABS, type Tab, TabBody, useTab } from './tabs.tsx'
import classes from './wide-inspector.module.css'

function SideSwitch() {
  const { t } = useTranslation('inspector')
  const { isSideBySide } = useUi((ui) => ui.credentialView)
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isSideBySide}
      className={classes['switch']}
      onClick={() => setCredentialView({ isSideBySide: !isSideBySide })}
    >
      {t('sideBySide')}
      <span className="sw" aria-hidden>
        <i />
      </span>
    </button>
  )
}

/** One view of the selected request in the middle of the screen. */
function Selected({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('inspector')
  const selected = useUi((ui) => ui.selectedExchange)
  const summary = useSummary(selected)
  const { exchange, error } = useExchange(selected)
  if (!summary) return <Note title={t(selected === null ? 'empty' : 'gone')} text={t(selected === null ? 'emptyHint' : 'goneHint')} />
  const steps = exchange?.steps ?? []
  const storeName = hasUsedStore(storeUseOf(steps)) ? t(sessionStoreOf(steps) === 'memory' ? 'ownMemory' : 'store') : null
  return (
    <div className={classes['selected']}>
      <InspectorHead exchange={summary} storeName={storeName} />
      <div className={inspector['panel']}>
        {exchange ? <TabBody tab={tab} exchange={exchange} /> : <Missing summary={summary} error={error} />}
      </div>
      {exchange && <InspectorFoot exchange={exchange} />}
    </div>
  )
}

/** Goes through the requests while the list of them is not on the page. */
function useNeighbours(): void {
  const move = (step: number): void => {
    const { rows } = currentLog()
    const selected = currentUi().selectedExchange
    const place = rows.findIndex(({ exchange }) => exchange.id === selected)
    const next = rows[place === -1 ? rows.length - 1 : place + step]
    if (next) selectExchange(next.exchange.id)
  }
  useCommand('next-request', () => move(1))
  useCommand('previous-request', () => move(-1))
}

/** The inspector on the whole screen: the credentials of both kinds side by side, or one view of the selected request. */
export function WideInspector() {
  const { t } = useTranslation('inspector')
  const tab = useTab()
  useNeighbours()
  return (
    <section className={classes['wide']} aria-label={t('title')}>
      <Tabs
        value={tab}
        onChange={(value) => setUi({ inspectorTab: value ?? 'story' })}
        variant="none"
        keepMounted={false}
        classNames={{ root: classes['tabs'], list: classes['list'], tab: classes['tab'], panel: classes['panel'] }}
      >
        <div className={classes['head']}>
          <button
            type="button"
            className="ib"
            aria-label={t('dockHint')}
            title={t('dockHint')}
            onClick={() => runCommand('widen-inspector')}
          >
            <IconArrowLeft size={17} stroke={1.75} aria-hidden />
          </button>
          <h2>{t('title')}</h2>
          <Tabs.List aria-label={t('tabs')}>
            {TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <span className="sp" />
          {tab === 'credential' && <SideSwitch />}
          <button type="button" className="btn sm" title={t('dockHint')} onClick={() => runCommand('widen-inspector')}>
            <IconLayoutSidebarRight size={13} stroke={1.75} aria-hidden />
            {t('dock')}
          </button>
        </div>
        <Tabs.Panel value={tab}>{tab === 'credential' ? <SideBySide /> : <Selected tab={tab} />}</Tabs.Panel>
      </Tabs>
    </section>
  )
}
