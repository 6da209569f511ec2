import { Switch } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { LifetimeSettings } from '../../panels/credential-settings/lifetimes.tsx'
import { RevocationSettings } from '../../panels/credential-settings/revocation-settings.tsx'
import { TokenSettings } from '../../panels/credential-settings/token-settings.tsx'
import { notify, useActions } from '../../state/act.ts'
import { runCommand } from '../../state/commands.ts'
import { LETTER_KEYS } from '../../state/keys.ts'
import { setUi, useUi } from '../../state/ui-state.ts'
import { useLab } from '../../state/use-lab.ts'
import { Choice } from '../../ui/choice.tsx'
import { storeName, strategyName } from '../frame/lab-words.ts'
import { PresenterSettings } from './presenter-settings.tsx'
import classes from './settings.module.css'
import { SettingsRow } from './settings-row.tsx'
import { CheckpointSettings, SnapshotSettings } from './snapshots.tsx'
import { WeaknessSettings } from './weakness-settings.tsx'

const LEAST = 100
const MOST = 100_000

function Appearance() {
  const { t } = useTranslation('settings')
  const theme = useUi((ui) => ui.theme)
  const language = useUi((ui) => ui.language)
  return (
    <section className={classes['card']}>
      <h2>{t('appearance')}</h2>
      <SettingsRow label={t('theme')}>
        <Choice
          label={t('theme')}
          value={theme}
          options={[
            ['auto', t('themeAuto')],
            ['light', t('themeLight')],
            ['dark', t('themeDark')],
          ]}
          choose={(value) => setUi({ theme: value })}
        />
      </SettingsRow>
      <SettingsRow label={t('language')}>
        <Choice
          label={t('language')}
          value={language}
          options={[
            ['en', 'English'],
            ['zh-CN', '简体中文'],
          ]}
          choose={(value) => setUi({ language: value })}
        />
      </SettingsRow>
    </section>
  )
}

function Keys() {
  const { t } = useTranslation('settings')
  const { t: words } = useTranslation('commands')
  const hasLetterKeys = useUi((ui) => ui.hasLetterKeys)
  return (
    <section className={classes['card']}>
      <h2>{t('keys')}</h2>
      <SettingsRow label={t('letterKeys')} note={t('letterKeysNote')}>
        <Switch
          checked={hasLetterKeys}
          aria-label={t('letterKeys')}
          onChange={(event) => setUi({ hasLetterKeys: event.currentTarget.checked })}
        />
      </SettingsRow>
      <dl className={classes['keys']}>
        <div>
          <dt>
            <kbd className="kbd">Ctrl K</kbd>
          </dt>
          <dd>{words('command.command-palette')}</dd>
        </div>
        {Object.entries(LETTER_KEYS).map(([key, id]) => (
          <div key={key}>
            <dt>
              <kbd className="kbd">{key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key}</kbd>
            </dt>
            <dd>{words(`command.${id as 'replay'}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Capacity() {
  const { t } = useTranslation('settings')
  const capacity = useLab((lab) => lab.recording.capacity)
  const [text, setText] = useState(String(capacity))
  const { busy, run } = useActions()
  useEffect(() => setText(String(capacity)), [capacity])
  const value = Number(text)
  const isRight = Number.isInteger(value) && value >= LEAST && value <= MOST
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (await run('capacity', () => api.lab.setRecording({ capacity: value }))) notify(t('saved'))
  }
  return (
    <form className={classes['inline']} onSubmit={(event) => void save(event)}>
      <input
        className="inp"
        inputMode="numeric"
        aria-label={t('capacity')}
        aria-invalid={!isRight}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <button
        type="submit"
        className="btn sm"
        disabled={!isRight || busy !== null || value === capacity}
        title={isRight ? undefined : t('capacityRange', { least: LEAST, most: MOST })}
      >
        {t('save')}
      </button>
    </form>
  )
}

function Lab() {
  const { t } = useTranslation('settings')
  const { balancer, cluster, version, mode, nodes } = useLab((lab) => lab)
  return (
    <>
      <section className={classes['card']}>
        <h2>{t('lab')}</h2>
        <SettingsRow label={t('capacity')} note={t('capacityNote')}>
          <Capacity />
        </SettingsRow>
        <SettingsRow label={t('reset')} note={t('resetNote')}>
          <button type="button" className="btn" onClick={() => runCommand('reset-lab')}>
            {t('resetButton')}
          </button>
        </SettingsRow>
      </section>
      <section className={classes['card']}>
        <h2>{t('about')}</h2>
        <SettingsRow label="AuthLab">
          {version} · {t(`mode.${mode}`)}
        </SettingsRow>
        <SettingsRow label={t('balancer')}>
          <span className="mono">{balancer.url}</span>
        </SettingsRow>
        <SettingsRow label={t('portal')}>
          <a className="lk mono" href={balancer.portalUrl} target="_blank" rel="noreferrer">
            {balancer.portalUrl}
          </a>
        </SettingsRow>
        <SettingsRow label={t('cluster')}>
          {t('clusterValue', { count: nodes.length, strategy: strategyName(cluster.strategy), store: storeName(cluster.store) })}
        </SettingsRow>
        <SettingsRow label={t('network')}>{t('networkValue')}</SettingsRow>
        <SettingsRow label={t('licence')}>MIT</SettingsRow>
      </section>
    </>
  )
}

function Credentials() {
  const { t } = useTranslation('settings')
  return (
    <>
      <section className={classes['card']} aria-label={t('credentials')}>
        <h2>{t('credentials')}</h2>
        <div className={classes['fields']}>
          <RevocationSettings />
          <TokenSettings />
        </div>
      </section>
      <section className={classes['card']} aria-label={t('lifetimes')}>
        <h2>{t('lifetimes')}</h2>
        <div className={classes['fields']}>
          <LifetimeSettings />
        </div>
      </section>
    </>
  )
}

/** Choices that stay on this computer, the lab's own settings, and what this is. */
export function SettingsScreen() {
  const { t } = useTranslation('settings')
  return (
    <section className={`${classes['screen']} scroll`} aria-label={t('title')}>
      <div className={classes['column']}>
        <h1>{t('title')}</h1>
        <Appearance />
        <PresenterSettings />
        <SnapshotSettings />
        <CheckpointSettings />
        <Keys />
        <Credentials />
        <WeaknessSettings />
        <Lab />
      </div>
    </section>
  )
}
