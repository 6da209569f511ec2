import { IconDownload, IconFileImport } from '@tabler/icons-react'
import { type ChangeEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type HarAssessment, MAX_HAR_OCTETS } from '../../../contract/assessment.ts'
import { api, reasonOf } from '../../api.ts'
import { saveText } from '../../desktop.ts'
import { sayList } from '../../i18n/say.ts'
import { notify, useActions } from '../../state/act.ts'
import classes from './assessment.module.css'
import { ItemList } from './item-list.tsx'
import { reportOf } from './report.ts'

const MEBI = 1024 * 1024
const CARRIED = ['sessionCookie', 'tokenCookie', 'bearer', 'basic', 'none'] as const

interface Assessed {
  readonly name: string
  readonly result: HarAssessment
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function Summary({ name, result }: Assessed) {
  const { t } = useTranslation('assessment')
  const { entries, hosts, creator, carried } = result
  return (
    <div className={classes['summary']}>
      <p>
        <b>{t('harOf', { name, entries, hosts: sayList([...hosts.slice(0, 4), ...(hosts.length > 4 ? ['…'] : [])]) })}</b>
        {creator !== null && <span className="dim"> {t('creator', { creator })}</span>}
      </p>
      <dl aria-label={t('carried')}>
        {CARRIED.map((kind) => (
          <div key={kind}>
            <dt>{t(`carriedName.${kind}`)}</dt>
            <dd>{carried[kind]}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** An archive of another application held against the checklist. It is read by the lab on this machine and kept nowhere. */
export function HarFile() {
  const { t } = useTranslation('assessment')
  const input = useRef<HTMLInputElement>(null)
  const [assessed, setAssessed] = useState<Assessed | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [isReading, setReading] = useState(false)
  const { busy, run } = useActions()
  const assess = async (file: File): Promise<void> => {
    setProblem(null)
    if (file.size > MAX_HAR_OCTETS) {
      setProblem(t('tooLarge', { name: file.name, limit: MAX_HAR_OCTETS / MEBI }))
      return
    }
    setReading(true)
    const archive = parsed(await file.text())
    if (archive === undefined) setProblem(t('notJson', { name: file.name }))
    else {
      await api.assessment.har(archive as Parameters<typeof api.assessment.har>[0]).then(
        (result) => setAssessed({ name: file.name, result }),
        (error: unknown) => setProblem(t('notHar', { name: file.name, reason: reasonOf(error) })),
      )
    }
    setReading(false)
  }
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.currentTarget.files?.[0]
    // The same file may be chosen again after it was changed.
    event.currentTarget.value = ''
    if (file) void assess(file)
  }
  const save = async (): Promise<void> => {
    if (!assessed) return
    const report = reportOf(assessed.result.items, [assessed.name, sayList(assessed.result.hosts)])
    if (await run('save', () => saveText('authlab-har-assessment.md', report))) notify(t('exported'))
  }
  return (
    <>
      <div className={classes['bar']}>
        <p className={classes['hint']}>{t('harHint')}</p>
        <span className="sp" />
        <input ref={input} type="file" accept=".har,application/json" className="sr" tabIndex={-1} aria-hidden onChange={choose} />
        <button type="button" className="btn sm pri" disabled={isReading} onClick={() => input.current?.click()}>
          <IconFileImport size={14} stroke={1.75} aria-hidden />
          {isReading ? t('reading') : t(assessed ? 'otherHar' : 'chooseHar')}
        </button>
        <button type="button" className="btn sm" disabled={!assessed || busy !== null} onClick={() => void save()}>
          <IconDownload size={14} stroke={1.75} aria-hidden />
          {t('export')}
        </button>
      </div>
      {problem !== null && (
        <p role="alert" className={classes['problem']}>
          {problem}
        </p>
      )}
      {assessed ? (
        <>
          <Summary {...assessed} />
          <ItemList items={assessed.result.items} label={assessed.name} />
        </>
      ) : (
        problem === null && <p className={classes['hint']}>{t('noHar')}</p>
      )}
    </>
  )
}
