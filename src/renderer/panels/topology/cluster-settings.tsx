import { IconDatabase } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ClusterChange, MAX_LEEWAY_SECONDS, STORE_KINDS, STRATEGIES, type StrategyName } from '../../../contract/cluster.ts'
import { MAX_LATENCY_MS } from '../../../contract/nodes.ts'
import { api } from '../../api.ts'
import { storeName, strategyName } from '../../screens/frame/lab-words.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import { Choice } from '../../ui/choice.tsx'
import { Dial } from './dial.tsx'
import { KeySettings } from './key-settings.tsx'
import { spanWords } from './node-words.ts'
import classes from './settings.module.css'
import { SettingsPopover } from './settings-popover.tsx'
import { StoreSwitches } from './store-switches.tsx'

const LEEWAYS_S = [0, 5, 30, 120] as const

/** How the balancer chooses; takes effect with the next request. */
export function StrategyPicker() {
  const { t } = useTranslation('topology')
  const strategy = useLab((lab) => lab.cluster.strategy)
  const { run } = useActions()
  return (
    <select
      className="inp nodrag nopan"
      aria-label={t('strategy')}
      value={strategy}
      onChange={(event) => {
        const wanted = event.currentTarget.value as StrategyName
        void run('strategy', () => api.cluster.change({ strategy: wanted }))
      }}
    >
      {STRATEGIES.map((name) => (
        <option key={name} value={name}>
          {strategyName(name)}
        </option>
      ))}
    </select>
  )
}

/** What every node has in common besides the store. */
export function BalancerSettings() {
  const { t } = useTranslation('topology')
  const leeway = useLab((lab) => lab.cluster.leewaySeconds)
  const { busy, run } = useActions()
  return (
    <SettingsPopover label={t('balancerSettings')}>
      <div className={classes['field']}>
        {t('strategy')}
        <StrategyPicker />
        <span className={classes['note']}>{t('strategyNote')}</span>
      </div>
      <Dial
        label={t('leeway')}
        note={t('leewayNote')}
        unit="s"
        value={leeway}
        least={0}
        most={MAX_LEEWAY_SECONDS}
        presets={LEEWAYS_S.map((seconds) => [seconds, seconds === 0 ? t('none') : spanWords(seconds * 1000)] as const)}
        isBusy={busy !== null}
        set={(leewaySeconds) => void run('leeway', () => api.cluster.change({ leewaySeconds }))}
      />
      <KeySettings />
    </SettingsPopover>
  )
}

function RedisUrl({ isBusy, use }: { readonly isBusy: boolean; readonly use: (url: string) => void }) {
  const { t } = useTranslation('topology')
  const [url, setUrl] = useState('redis://127.0.0.1:6379')
  const isUrl = URL.canParse(url) && new URL(url).protocol === 'redis:'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isUrl && !isBusy) use(url)
  }
  return (
    <div className={classes['field']}>
      {t('redisUrl')}
      <form onSubmit={submit}>
        <input
          className="inp mono"
          aria-label={t('redisUrl')}
          aria-invalid={!isUrl}
          value={url}
          maxLength={300}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <button type="submit" className="btn sm" aria-disabled={!isUrl || isBusy} title={isUrl ? undefined : t('redisUrlForm')}>
          {t('redisUse')}
        </button>
      </form>
    </div>
  )
}

/** Where sessions live, and what can go wrong with that. `words`: on the button; the icon alone when absent. */
export function StoreSettings({ words }: { readonly words?: string }) {
  const { t } = useTranslation('topology')
  const cluster = useLab((lab) => lab.cluster)
  const { busy, run } = useActions()
  const isBusy = busy !== null
  // Nothing is disabled while it is busy: what has the focus would lose it, and Escape with it. A second change is not taken.
  const change = (wanted: ClusterChange): void => void run('store', () => api.cluster.change(wanted))
  return (
    <SettingsPopover
      label={t('storeSettings')}
      {...(words === undefined ? {} : { words, icon: <IconDatabase size={14} stroke={1.75} aria-hidden /> })}
    >
      <Choice
        label={t('storeKind')}
        value={cluster.store}
        options={STORE_KINDS.map((kind) => [kind, t(`storeKinds.${kind}`)] as const)}
        choose={(store) => (store !== 'redis' || cluster.canStartRedis) && change({ store })}
      />
      <p className={classes['reason']} aria-live="polite">
        {isBusy ? t('storeSwitching') : t(`storeNote.${cluster.store}`)}
      </p>
      {!cluster.canStartRedis && <p className={classes['reason']}>{t('noRedisHere')}</p>}
      <RedisUrl isBusy={isBusy} use={(redisUrl) => change({ store: 'redis', redisUrl })} />
      {cluster.redisUrl !== null && (
        <p className={classes['reason']}>
          {storeName('redis')} <span className="mono">{cluster.redisUrl}</span>
        </p>
      )}
      <Dial
        label={t('storeLatency')}
        unit="ms"
        value={cluster.storeLatencyMs}
        least={0}
        most={MAX_LATENCY_MS}
        presets={[0, 20, 200, 1000].map((ms) => [ms, ms === 0 ? t('none') : spanWords(ms)] as const)}
        isBusy={isBusy}
        set={(storeLatencyMs) => change({ storeLatencyMs })}
      />
      <StoreSwitches cluster={cluster} change={change} />
    </SettingsPopover>
  )
}
