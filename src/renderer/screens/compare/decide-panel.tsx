import { IconArrowsLeftRight, IconChecks, IconCookie, IconCopy, IconKey, IconRotate, IconScale, IconSchool } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ComparisonRun } from '../../../contract/comparison.ts'
import { api } from '../../api.ts'
import { say } from '../../i18n/say.ts'
import { notify, useActions } from '../../state/act.ts'
import { FIRST_ANSWERS, QUESTION_NAMES, QUESTIONS, type Question } from '../../state/answers.ts'
import { setComparisonView, setUi, useUi } from '../../state/ui-state.ts'
import { Choice } from '../../ui/choice.tsx'
import { cellFacts } from './cell-facts.ts'
import classes from './compare.module.css'
import type { OpenEvidence } from './compare-table.tsx'
import { type Decision, decide, leanOf, lessonOf, type Reason, type WholeCells, wholeCells } from './decide.ts'
import { answerWords, fitWords, flipWords, questionWords, reasonWords, recommendationWords, summaryOf } from './decision-words.ts'
import { lifetimeWords, msWords, octetsWords } from './figures.ts'

const LEAN_ICON = { session: IconCookie, jwt: IconKey } as const

/** What was measured for a question, whatever the answer is. */
function liveWords(question: Question, cells: WholeCells): string {
  const { session, 'jwt-bearer': jwt } = cells
  const params: Record<Question, Record<string, string | number>> = {
    logout: { session: msWords(session.revocation.firstRefusedMs ?? 0), jwt: lifetimeWords(jwt.revocation.acceptedForMs) },
    callers: { session: octetsWords(session.fits.credentialBytes), jwt: octetsWords(jwt.fits.credentialBytes) },
    store: { refused: session.scaling.broken.refused, calls: session.scaling.calls },
    key: { session: `${session.exposure.letIn}/${session.exposure.tries}`, jwt: `${jwt.exposure.letIn}/${jwt.exposure.tries}` },
    rate: { session: msWords(session.fits.p50Ms), jwt: msWords(jwt.fits.p50Ms) },
  }
  return say(`compare:decide.live.${question}`, params[question])
}

function Ask({ question, cells }: { readonly question: Question; readonly cells: WholeCells | null }) {
  const { t } = useTranslation('compare')
  const answers = useUi((ui) => ui.comparisonView.answers)
  const answer = answers[question]
  const lean = leanOf(question, answer)
  const Icon = LEAN_ICON[lean]
  const title = questionWords(question)
  return (
    <div className={`${classes['ask']} ${lean === 'session' ? 'ses' : 'jwt'}`}>
      <div>
        <span>{title}</span>
        <span className={classes['lean']}>
          <Icon size={13} stroke={1.75} aria-hidden />
          {t(`decide.lean.${lean}`)}
        </span>
      </div>
      <Choice<string>
        label={title}
        value={answer}
        options={QUESTIONS[question].map((option) => [option, answerWords(question, option)] as const)}
        choose={(value) => setComparisonView({ answers: { ...answers, [question]: value } })}
      />
      {cells && <p>{liveWords(question, cells)}</p>}
    </div>
  )
}

/** A reason, which opens the first of its proofs. */
function ReasonLine({ reason, run, open }: { readonly reason: Reason; readonly run: ComparisonRun; readonly open: OpenEvidence }) {
  const { t } = useTranslation('compare')
  const Icon = reason.key.startsWith('price') ? IconScale : IconChecks
  return (
    <li>
      <Icon size={15} stroke={1.75} aria-hidden />
      <span>
        {reasonWords(reason)}{' '}
        {reason.proof.map(({ compared, row }) => {
          const exchanges = cellFacts(run, compared, row)?.evidence.flatMap((each) => each.exchanges) ?? []
          return (
            <button
              key={`${compared}-${row}`}
              type="button"
              className="lk"
              aria-label={t('decide.openProof', { row: t(`row.${row}`), mechanism: t(`mechanism.${compared}`) })}
              onClick={() => open(compared, row, exchanges)}
            >
              {t(`short.${compared}`)}
            </button>
          )
        })}
      </span>
    </li>
  )
}

function Balance({ decision }: { readonly decision: Decision }) {
  const { t } = useTranslation('compare')
  const leans = QUESTION_NAMES.map((question) => decision.leans[question])
  const session = leans.filter((lean) => lean === 'session').length
  return (
    <div className={classes['balance']} role="img" aria-label={t('decide.balance', { session, jwt: leans.length - session })}>
      {[...leans]
        .sort()
        .reverse()
        .map((lean, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one segment an answer, never moved.
          <i key={place} className={lean === 'session' ? 'ses' : 'jwt'} />
        ))}
    </div>
  )
}

function Result({ decision, run, open }: { readonly decision: Decision; readonly run: ComparisonRun; readonly open: OpenEvidence }) {
  const { t } = useTranslation('compare')
  const isSession = decision.recommendation === 'session' || decision.recommendation === 'edge-session'
  return (
    <section className={classes['result']} aria-label={t('decide.result')}>
      <h4>{t('decide.result')}</h4>
      <Balance decision={decision} />
      <h3 aria-live="polite">{recommendationWords(decision)}</h3>
      <p>{fitWords(decision)}</p>
      <ul>
        {decision.reasons.map((reason) => (
          <ReasonLine key={reason.key} reason={reason} run={run} open={open} />
        ))}
      </ul>
      <div className={`${classes['flip']} ${isSession ? 'jwt' : 'ses'}`}>
        <b>
          <IconArrowsLeftRight size={14} stroke={1.75} aria-hidden />
          {t('decide.flipTitle')}
        </b>
        {decision.flips.length === 0 && <p>{t('decide.noFlip')}</p>}
        {decision.flips.map((flip) => (
          <p key={`${flip.question}-${flip.answer}`}>{flipWords(flip)}</p>
        ))}
      </div>
    </section>
  )
}

/** Questions about a product, and what the run recommends for the answers. */
export function DecidePanel({ run, open }: { readonly run: ComparisonRun | null; readonly open: OpenEvidence }) {
  const { t } = useTranslation('compare')
  const answers = useUi((ui) => ui.comparisonView.answers)
  const { busy, run: act } = useActions()
  const decision = run && decide(answers, run)
  const copy = (): void => {
    if (decision) void act('copy', () => navigator.clipboard.writeText(summaryOf(decision)).then(() => notify(t('decide.copied'))))
  }
  const runLesson = (): void => {
    if (!decision) return
    void act('lesson', () => api.lessons.start({ id: lessonOf(decision.recommendation) })).then((started) => {
      if (started) setUi({ screen: 'lessons' })
    })
  }
  return (
    <aside className={classes['decide']} aria-label={t('decide.title')}>
      <header>
        <h2>{t('decide.title')}</h2>
        <span>{t('decide.answers', { count: QUESTION_NAMES.length })}</span>
        <span className="sp" />
        <button type="button" className="btn sm gh" onClick={() => setComparisonView({ answers: FIRST_ANSWERS })}>
          <IconRotate size={13} stroke={1.75} aria-hidden />
          {t('decide.reset')}
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so that keys must reach it. */}
      <section className={`scroll ${classes['asks']}`} tabIndex={0} aria-label={t('decide.questions')}>
        {QUESTION_NAMES.map((question) => (
          <Ask key={question} question={question} cells={run && wholeCells(run)} />
        ))}
        {decision && run ? <Result decision={decision} run={run} open={open} /> : <p className={classes['need']}>{t('decide.needRun')}</p>}
      </section>
      <footer>
        <button type="button" className="btn" disabled={!decision || busy !== null} onClick={copy}>
          <IconCopy size={14} stroke={1.75} aria-hidden />
          {t('decide.copy')}
        </button>
        <button type="button" className="btn pri" disabled={!decision || busy !== null} onClick={runLesson}>
          <IconSchool size={14} stroke={1.75} aria-hidden />
          {t('decide.lesson')}
        </button>
      </footer>
    </aside>
  )
}
