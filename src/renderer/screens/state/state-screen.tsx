import { Tabs } from '@mantine/core'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { NewestStopwatch } from '../../panels/revocation/newest-stopwatch.tsx'
import { openList, STATE_TABS, type StateTab, useUi } from '../../state/ui-state.ts'
import { Audit } from './audit.tsx'
import { Denylist } from './denylist.tsx'
import { Families } from './families.tsx'
import { Keys } from './keys.tsx'
import { Revocations } from './revocations.tsx'
import { Sessions } from './sessions.tsx'
import classes from './state.module.css'
import { Tokens } from './tokens.tsx'

const LISTS: Readonly<Record<StateTab, ComponentType>> = {
  sessions: Sessions,
  tokens: Tokens,
  families: Families,
  denylist: Denylist,
  keys: Keys,
  revocations: Revocations,
  audit: Audit,
}

/** What the server and the lab know of credentials, list by list. */
export function StateScreen() {
  const { t } = useTranslation('state')
  const tab = useUi((ui) => ui.stateTab)
  const List = LISTS[tab]
  return (
    <section className="pane" aria-label={t('title')}>
      <Tabs
        value={tab}
        onChange={(value) => openList(STATE_TABS.find((name) => name === value) ?? 'sessions')}
        variant="none"
        keepMounted={false}
        classNames={{ root: classes['tabs'], list: classes['tabList'], tab: classes['tab'], panel: classes['panel'] }}
      >
        <div className={classes['top']}>
          <h2>{t('title')}</h2>
          <Tabs.List aria-label={t('title')}>
            {STATE_TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </div>
        {tab !== 'revocations' && <NewestStopwatch />}
        <Tabs.Panel value={tab}>
          <List key={tab} />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}
