import { IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Severity } from '../../../../../contract/token-inspection.ts'
import { hasWords, say, sayOf } from '../../../../i18n/say.ts'
import { useActions } from '../../../../state/act.ts'
import { SeverityBars } from '../../../../ui/severity-bars.tsx'
import { detailOf } from './finding-words.ts'
import points from './points.module.css'
import classes from './side.module.css'
import { keepTry, useTry } from './tries.ts'
import { TryResult } from './try-result.tsx'

/** A finding or a check that was passed, whatever kind of credential it is about. */
interface Point {
  readonly code: string
  readonly clause: string
}
interface Finding extends Point {
  readonly severity: Severity
  readonly evidence: Readonly<Record<string, unknown>>
}

interface WeakPointsProps {
  /** The credential itself: what was tried with it is remembered by it. */
  readonly value: string
  readonly findings: readonly Finding[]
  readonly passed: readonly Point[]
  /** Tries the code out for real and answers with the id of the exchange; null when there is nothing to send. */
  readonly tryOf: (code: string) => (() => Promise<string | null>) | null
  /** Brings what can be read off the credential into view; null when nothing can. */
  readonly readOf?: (code: string) => (() => void) | null
}

const SEVERITY_NAMES = { 1: 'low', 2: 'medium', 3: 'high' } as const

interface TryItProps {
  readonly value: string
  readonly code: string
  readonly title: string
  readonly attempt: (() => Promise<string | null>) | null
  readonly read: (() => void) | null
}

function TryIt({ value, code, title, attempt, read }: TryItProps) {
  const { t } = useTranslation('credential')
  const { busy, run } = useActions()
  if (read) {
    return (
      <button type="button" className="lk" aria-label={`${t('readIt')}: ${title}`} onClick={read}>
        {t('readIt')}
      </button>
    )
  }
  if (!attempt) return null
  const perform = async (): Promise<void> => {
    const id = await run(code, attempt)
    if (id !== undefined) keepTry(value, code, id)
  }
  const what = hasWords(`findings:${code}.try`) ? say(`findings:${code}.try`) : t('tryHint')
  return (
    <button
      type="button"
      className="lk"
      aria-label={sayOf(t('tryIt'), title)}
      title={what}
      disabled={busy !== null}
      onClick={() => void perform()}
    >
      {busy === null ? t('tryIt') : t('trying')}
    </button>
  )
}

function Tried({ value, code }: { readonly value: string; readonly code: string }) {
  const id = useTry(value, code)
  if (id === undefined) return null
  return (
    <span role="status">
      <TryResult id={id} />
    </span>
  )
}

/** The checks that were passed, folded away; each can be tried out, too. */
function Passed({ value, passed, tryOf }: Pick<WeakPointsProps, 'value' | 'passed' | 'tryOf'>) {
  const { t } = useTranslation('credential')
  return (
    <details className={points['folded']}>
      <summary>
        <IconCircleCheck size={15} stroke={1.75} aria-hidden />
        {t('weak.passedCount', { count: passed.length })}
        <span className="trunc dim">{passed.map(({ code }) => say(`findings:${code}.passed`)).join(' · ')}</span>
      </summary>
      <ul className={points['points']}>
        {passed.map(({ code, clause }) => {
          const title = say(`findings:${code}.passed`)
          return (
            <li key={code}>
              <IconCircleCheck size={15} stroke={1.75} className={points['passed']} aria-label={t('weak.passed')} />
              <div>
                <p>
                  {title} <span className={points['clause']}>{clause}</span>
                </p>
                <Tried value={value} code={code} />
              </div>
              <TryIt value={value} code={code} title={title} attempt={tryOf(code)} read={null} />
            </li>
          )
        })}
      </ul>
    </details>
  )
}

/** What is weak about a credential, each with its clause and the exchange that proves it; and what was looked for and is not so. */
export function WeakPoints({ value, findings, passed, tryOf, readOf = () => null }: WeakPointsProps) {
  const { t } = useTranslation('credential')
  return (
    <section className={classes['block']} aria-label={t('weak.title')}>
      <div className={classes['title']}>
        <h4>{t('weak.title')}</h4>
        <span className={classes['sub']}>{t('weak.count', { found: findings.length })}</span>
      </div>
      <ul className={points['points']}>
        {findings.map((finding) => {
          const { code, severity, clause } = finding
          const title = say(`findings:${code}.title`)
          const detail = detailOf(finding)
          return (
            <li key={code}>
              <SeverityBars severity={severity} name={t(`severity.${SEVERITY_NAMES[severity]}`)} />
              <div>
                <b>{title}</b>
                <p>
                  {detail} <span className={points['clause']}>{clause}</span>
                </p>
                <Tried value={value} code={code} />
              </div>
              <TryIt value={value} code={code} title={title} attempt={tryOf(code)} read={readOf(code)} />
            </li>
          )
        })}
      </ul>
      {passed.length > 0 && <Passed value={value} passed={passed} tryOf={tryOf} />}
    </section>
  )
}
