import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ClusterChange, ClusterState } from '../../../contract/cluster.ts'

interface StoreSwitchesProps {
  readonly cluster: ClusterState
  readonly change: (wanted: ClusterChange) => void
}

/** Takes the store away and gives it back. */
export function StoreSwitches({ cluster, change }: StoreSwitchesProps) {
  const { t } = useTranslation('topology')
  return (
    <>
      <Switch
        size="xs"
        label={t('cutOff')}
        description={t('cutOffNote')}
        checked={cluster.isStoreOut}
        onChange={(event) => change({ storeOut: event.currentTarget.checked })}
      />
      {cluster.isRedisOwn && (
        <Switch
          size="xs"
          label={t('redisRuns')}
          description={t('redisRunsNote')}
          checked={cluster.storeState === 'ok'}
          onChange={(event) => change({ redisRunning: event.currentTarget.checked })}
        />
      )}
    </>
  )
}
