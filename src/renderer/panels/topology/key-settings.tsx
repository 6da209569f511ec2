import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TOKEN_ALGORITHMS, TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { useLab } from '../../state/use-lab.ts'
import classes from './settings.module.css'

type Rotation = Exclude<Parameters<typeof api.keys.rotate>[0], undefined>

const ROTATIONS = {
  rotate: {},
  emergency: { emergency: true },
  cookieSecret: { cookieSecret: true },
} as const satisfies Record<string, Rotation>

/** The keys that nodes sign with: a new one, with or without the older ones still accepted. Which node has which is on the nodes' badges. */
export function KeySettings() {
  const { t } = useTranslation('topology')
  const signing = useLab((lab) => lab.nodes.find(({ jwksFrozen, url }) => !jwksFrozen && url === null)?.signingKeyId ?? '')
  const [algorithm, setAlgorithm] = useState<TokenAlgorithm>(
    () => TOKEN_ALGORITHMS.find((alg) => signing.startsWith(alg.toLowerCase())) ?? 'HS256',
  )
  const { busy, run } = useActions()
  const rotate = (name: keyof typeof ROTATIONS): void => {
    const chosen = name === 'cookieSecret' ? {} : { algorithm }
    if (busy === null) void run(name, () => api.keys.rotate({ ...ROTATIONS[name], ...chosen }))
  }
  return (
    <div className={classes['field']}>
      {t('keys.title')}
      <span className={classes['note']}>{t('keys.note', { kid: signing })}</span>
      <div className={classes['row']}>
        <select
          className="inp mono"
          aria-label={t('keys.algorithm')}
          value={algorithm}
          onChange={(event) => setAlgorithm(TokenAlgorithm.parse(event.currentTarget.value))}
        >
          {TOKEN_ALGORITHMS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        {(Object.keys(ROTATIONS) as (keyof typeof ROTATIONS)[]).map((name) => (
          <button
            key={name}
            type="button"
            className="btn sm"
            aria-disabled={busy !== null}
            title={t(`keys.${name}Note`)}
            onClick={() => rotate(name)}
          >
            {t(`keys.${name}`)}
          </button>
        ))}
      </div>
    </div>
  )
}
