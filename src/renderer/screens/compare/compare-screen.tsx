import { Menu } from '@mantine/core'
import { IconChevronDown, IconClock, IconDownload, IconRepeat } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARED, type ComparisonRun, type ComparisonSummary } from '../../../contract/comparison.ts'
import { desktop, saveText } from '../../desktop.ts'
import { notify, useActions } from '../../state/act.ts'
import { type ComparisonView, setComparisonView, useUi } from '../../state/ui-state.ts'
import { Choice } from '../../ui/choice.tsx'
import classes from './compare.module.css'
import { CompareTable, type OpenEvidence } from './compare-table.tsx'
import { decide } from './decide.ts'
import { DecidePanel } from './decide-panel.tsx'
import { recordOf, toHtml, toMarkdown } from './decision-record.ts'
import { EvidenceDialog, type ShownEvidence } from './evidence-dialog.tsx'
import { countWords } from './figures.ts'
import { Meters } from './meters.tsx'
import { agoWords } from './run-time.ts'
import { type Comparing, useComparison } from './use-comparison.ts'

/** What a run takes where none has been made yet; measured by `bench/comparison.bench.ts`. */
const ESTIMATED_SECONDS = 10
const FILE = 'authlab-decision'

const AGAINST = COMPARED.filter((compared) => compared !== 'session') as ComparisonView['against'][]

function RunMenu({ run, runs, isRunning, start }: Comparing & { readonly run: ComparisonRun }) {
  const { t, i18n } = useTranslation('compare')
  const format = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'short', timeStyle: 'medium' })
  const describe = ({ startedAt, settings, exchanges, durationMs }: ComparisonSummary): string =>
    t('runOf', {
      time: format.format(startedAt),
      algorithm: settings.algorithm,
      exchanges: countWords(exchanges),
      seconds: (durationMs / 1000).toFixed(1),
    })
  return (
    <Menu position="bottom-end" width={440}>
      <Menu.Target>
        <button type="button" className={classes['when']} title={t('runs')}>
          <IconClock size={14} stroke={1.75} aria-hidden />
          <span className="trunc">{t('measuredAgo', { ago: agoWords(run.startedAt, Date.now(), i18n.language) ?? t('justNow') })}</span>
          <IconChevronDown size={13} stroke={1.75} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('runs')}</Menu.Label>
        {runs.map((each, place) => (
          <Menu.Item
            key={each.id}
            aria-current={each.id === run.id ? 'true' : undefined}
            rightSection={place === 0 ? <span className="dim">{t('newest')}</span> : undefined}
            onClick={() => setComparisonView({ run: place === 0 ? null : each.id })}
          >
            {describe(each)}
            {each.mechanisms.length < COMPARED.length && ` (${t('partial', { count: each.mechanisms.length })})`}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconRepeat size={14} stroke={1.75} aria-hidden />} disabled={isRunning} onClick={() => start(run.id)}>
          {t('repeat')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ExportMenu({ run }: { readonly run: ComparisonRun }) {
  const { t, i18n } = useTranslation('compare')
  const answers = useUi((ui) => ui.comparisonView.answers)
  const { busy, run: act } = useActions()
  const decision = decide(answers, run)
  const save = (write: (record: ReturnType<typeof recordOf>) => Promise<unknown>): void => {
    if (!decision) return
    const record = recordOf(run, answers, decision, { language: i18n.language, now: Date.now() })
    void act('export', () => write(record)).then((saved) => {
      if (saved) notify(t('exported'))
    })
  }
  const { savePdf } = desktop
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="btn sm" disabled={!decision || busy !== null}>
          <IconDownload size={13} stroke={1.75} aria-hidden />
          {t('export')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save((record) => saveText(`${FILE}.md`, toMarkdown(record)))}>{t('exportMarkdown')}</Menu.Item>
        <Menu.Item onClick={() => save((record) => saveText(`${FILE}.html`, toHtml(record)))}>{t('exportHtml')}</Menu.Item>
        {savePdf && <Menu.Item onClick={() => save((record) => savePdf(`${FILE}.pdf`, toHtml(record)))}>{t('exportPdf')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

function Doing({ progress }: Pick<Comparing, 'progress'>) {
  const { t } = useTranslation('compare')
  const { done = 0, total = 1, row = null } = progress ?? {}
  return (
    <span className={classes['doing']} role="status">
      <span>{t(`doing.${row ?? 'start'}`)}</span>
      <progress value={done} max={total} aria-label={t('progress', { done, total })} />
    </span>
  )
}

/** Session and JWT side by side, each cell measured by real requests; and what that recommends. */
export function CompareScreen() {
  const { t } = useTranslation('compare')
  const against = useUi((ui) => ui.comparisonView.against)
  const comparing = useComparison()
  const { run, runs, progress, isRunning, start } = comparing
  const [evidence, setEvidence] = useState<ShownEvidence | null>(null)
  const open: OpenEvidence = (compared, row, exchanges) => {
    if (run) setEvidence({ run: run.id, compared, row, exchanges })
  }
  const seconds = runs[0] ? Math.ceil(runs[0].durationMs / 1000) : ESTIMATED_SECONDS
  const runLabel = t('runFor', { seconds })
  return (
    <section className={classes['screen']} aria-label={t('title')}>
      <div className={classes['top']}>
        <h1>{t('title')}</h1>
        <Choice<ComparisonView['against']>
          label={t('against')}
          value={against}
          options={AGAINST.map((compared) => [compared, t(`mechanism.${compared}`)] as const)}
          choose={(compared) => setComparisonView({ against: compared })}
        />
        <span className={classes['hint']}>{t('againstSession')}</span>
        <span className="sp" />
        {isRunning ? <Doing progress={progress} /> : run && <RunMenu {...comparing} run={run} />}
        {run && <ExportMenu run={run} />}
        <button type="button" className="btn sm pri" disabled={isRunning} onClick={() => start()}>
          <IconRepeat size={13} stroke={1.75} aria-hidden />
          {t(isRunning ? 'running' : run ? 'runAgain' : 'run')}
        </button>
      </div>
      <div className={classes['body']}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so that keys must reach it. */}
        <section className={`scroll ${classes['main']}`} tabIndex={0} aria-label={t('record.measured')}>
          {run === null && (
            <div className={classes['start']}>
              <div>
                <h2>{t('emptyTitle')}</h2>
                <p>{t('emptyText')}</p>
              </div>
              <button type="button" className="btn pri" disabled={isRunning} onClick={() => start()}>
                {isRunning ? t('running') : runLabel}
              </button>
            </div>
          )}
          {run !== undefined && (
            <CompareTable
              run={run}
              against={against}
              open={open}
              empty={
                <span className={classes['unmeasured']}>
                  {t('notMeasured')}
                  {!isRunning && (
                    <button type="button" className="lk" onClick={() => start()}>
                      {runLabel}
                    </button>
                  )}
                </span>
              }
            />
          )}
          {run && <Meters run={run} open={open} />}
        </section>
        <DecidePanel run={run ?? null} open={open} />
      </div>
      <EvidenceDialog evidence={evidence} close={() => setEvidence(null)} />
    </section>
  )
}
