import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type KeyRotation, MAX_ROTATION_SECONDS } from '../../../contract/keys.ts'
import { TOKEN_ALGORITHMS, TokenAlgorithm } from '../../../contract/token-algorithm.ts'
import { api } from '../../api.ts'
import { useActions } from '../../state/act.ts'
import { countdown, useLabSecond } from '../../state/lab-time.ts'
import { useLab } from '../../state/use-lab.ts'
import { Dial } from './dial.tsx'
import { type EmergencyKind, EmergencyQuestion, ScheduleImpact, useNames } from './emergency.tsx'
import { spanWords } from './node-words.ts'
import classes from './settings.module.css'

const SCHEDULES_S = [300, 900, 3600] as const

interface RotateButtonsProps {
  readonly kind: EmergencyKind
  readonly gently: { readonly words: string; readonly note: string; readonly rotate: () => Promise<KeyRotation> }
  /** Asks before it acts: it logs people out. */
  readonly emergency: RotateButtonsProps['gently']
  readonly onRotated: (rotation: KeyRotation) => void
}

function RotateButtons({ kind, gently, emergency, onRotated }: RotateButtonsProps) {
  const { busy, run } = useActions()
  const [isAsking, setAsking] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const shut = (): void => {
    setAsking(false)
    opener.current?.focus()
  }
  const rotate = async (name: string, order: () => Promise<KeyRotation>): Promise<void> => {
    const rotation = await run(name, order)
    if (!rotation) return
    if (isAsking) shut()
    onRotated(rotation)
  }
  const isBusy = busy !== null
  return (
    <>
      <button
        type="button"
        className="btn sm"
        aria-disabled={isBusy}
        title={gently.note}
        onClick={() => !isBusy && void rotate('gently', gently.rotate)}
      >
        {gently.words}
      </button>
      <button
        ref={opener}
        type="button"
        className="btn sm"
        aria-expanded={isAsking}
        title={emergency.note}
        onClick={() => setAsking(!isAsking)}
      >
        {emergency.words}
      </button>
      {isAsking && (
        <EmergencyQuestion kind={kind} isBusy={isBusy} confirm={() => void rotate('emergency', emergency.rotate)} cancel={shut} />
      )}
    </>
  )
}

/** When the next key is made, if one is by itself. */
function NextRotation() {
  const { t } = useTranslation('topology')
  const nextAt = useLab((lab) => lab.keyring.rotation.nextAt)
  const now = useLabSecond()
  if (nextAt === null) return null
  return (
    <p className={classes['reason']} role="timer" aria-live="off">
      {nextAt > now ? t('keys.next', { countdown: countdown(nextAt - now) }) : t('keys.nextWaits')}
    </p>
  )
}

function Schedule() {
  const { t } = useTranslation('topology')
  const everySeconds = useLab((lab) => lab.keyring.rotation.everySeconds)
  const { busy, run } = useActions()
  const set = (seconds: number): void => void run('schedule', () => api.keys.change({ rotateEverySeconds: seconds === 0 ? null : seconds }))
  return (
    <>
      <Dial
        label={t('keys.schedule')}
        note={t('keys.scheduleNote')}
        unit="s"
        value={everySeconds ?? 0}
        least={0}
        most={MAX_ROTATION_SECONDS}
        presets={[0, ...SCHEDULES_S].map((seconds) => [seconds, seconds === 0 ? t('keys.never') : spanWords(seconds * 1000)] as const)}
        isBusy={busy !== null}
        set={set}
      />
      <NextRotation />
      <ScheduleImpact />
    </>
  )
}

/** Who is logged out by what was just done, in words. */
function useEnded(): (rotation: KeyRotation) => string {
  const { t } = useTranslation('topology')
  const namesOf = useNames()
  return ({ kid, tokensEnded, sessionsEnded, accountsEnded }) => {
    const names = namesOf(accountsEnded)
    if (kid !== null) return t('keys.endedTokens', { kid, count: tokensEnded, names })
    return t('keys.endedSessions', { count: sessionsEnded ?? t('keys.unknown'), names })
  }
}

function TokenKeys({ onRotated }: Pick<RotateButtonsProps, 'onRotated'>) {
  const { t } = useTranslation('topology')
  const signing = useLab((lab) => lab.keyring.keys[0]?.kid ?? '')
  const inUse = useLab((lab) => lab.keyring.algorithm)
  const [chosen, setChosen] = useState<TokenAlgorithm | null>(null)
  const algorithm = chosen ?? inUse
  return (
    <div className={classes['field']}>
      {t('keys.title')}
      <span className={classes['note']}>{t('keys.note', { kid: signing })}</span>
      <div className={classes['row']}>
        <select
          className="inp mono"
          aria-label={t('keys.algorithm')}
          value={algorithm}
          onChange={(event) => setChosen(TokenAlgorithm.parse(event.currentTarget.value))}
        >
          {TOKEN_ALGORITHMS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <RotateButtons
          kind="tokens"
          gently={{ words: t('keys.rotate'), note: t('keys.rotateNote'), rotate: () => api.keys.rotate({ algorithm }) }}
          emergency={{
            words: t('keys.emergency'),
            note: t('keys.emergencyNote'),
            rotate: () => api.keys.rotate({ algorithm, emergency: true }),
          }}
          onRotated={onRotated}
        />
      </div>
      <span className={classes['note']}>{t('keys.emergencyWhat')}</span>
    </div>
  )
}

function CookieSecrets({ onRotated }: Pick<RotateButtonsProps, 'onRotated'>) {
  const { t } = useTranslation('topology')
  const secrets = useLab((lab) => lab.keyring.cookieSecrets)
  return (
    <div className={classes['field']}>
      {t('keys.cookieTitle')}
      <span className={classes['note']}>{t('keys.cookieNote', { id: secrets[0]?.id ?? '', count: Math.max(0, secrets.length - 1) })}</span>
      <div className={classes['row']}>
        <RotateButtons
          kind="sessions"
          gently={{
            words: t('keys.cookieSecret'),
            note: t('keys.cookieSecretNote'),
            rotate: () => api.keys.rotate({ cookieSecret: true }),
          }}
          emergency={{
            words: t('keys.cookieEmergency'),
            note: t('keys.cookieEmergencyNote'),
            rotate: () => api.keys.rotate({ cookieSecret: true, emergency: true }),
          }}
          onRotated={onRotated}
        />
      </div>
    </div>
  )
}

/**
 * The keys that nodes sign with: a new one by hand or on a schedule, with or without the older ones still accepted, and how they are kept on disk.
 * Which node has which is on the nodes' badges.
 */
export function KeySettings() {
  const { t } = useTranslation('topology')
  const atRest = useLab((lab) => lab.keyring.atRest)
  const [ended, setEnded] = useState('')
  const endedWords = useEnded()
  const onRotated = (rotation: KeyRotation): void => setEnded(endedWords(rotation))
  return (
    <>
      <TokenKeys onRotated={onRotated} />
      <Schedule />
      <CookieSecrets onRotated={onRotated} />
      <p className={classes['reason']} aria-live="polite">
        {ended}
      </p>
      <p className={classes['reason']}>{t(`keys.atRest.${atRest}`)}</p>
    </>
  )
}
