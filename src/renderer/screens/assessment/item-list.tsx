import { IconCircleCheck, IconCircleDashed, IconTool } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AssessmentItem } from '../../../contract/assessment.ts'
import { Choice } from '../../ui/choice.tsx'
import { SeverityBars } from '../../ui/severity-bars.tsx'
import classes from './assessment.module.css'
import { itemDetail, itemFix, itemTitle } from './item-words.ts'

type Result = AssessmentItem['result']
type Shown = Result | 'all'

function Mark({ result, severity }: Pick<AssessmentItem, 'result' | 'severity'>) {
  const { t } = useTranslation('assessment')
  if (result === 'fail') return <SeverityBars severity={severity} name={t('severity', { severity })} />
  const Icon = result === 'pass' ? IconCircleCheck : IconCircleDashed
  return <Icon size={16} stroke={1.75} aria-hidden className={classes['mark']} />
}

function Evidence({ item }: { readonly item: AssessmentItem }) {
  const { t } = useTranslation('assessment')
  const { evidence, entries } = item
  const facts = Object.entries(evidence)
  if (facts.length === 0 && entries.length === 0) return null
  return (
    <details className={classes['evidence']}>
      <summary>{t('evidence')}</summary>
      {facts.length > 0 && (
        <dl className="mono">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {entries.length > 0 && (
        <ol className="mono" aria-label={t('requests')}>
          {entries.map(({ index, method, url }) => (
            <li key={index}>{`#${index} ${method} ${url}`}</li>
          ))}
        </ol>
      )}
    </details>
  )
}

function Item({ item }: { readonly item: AssessmentItem }) {
  const { t } = useTranslation('assessment')
  const { result, severity, subject, clause } = item
  const detail = itemDetail(item)
  const fix = itemFix(item)
  return (
    <li className={classes['item']} data-result={result}>
      <Mark result={result} severity={severity} />
      <div className={classes['words']}>
        <div className={classes['line']}>
          <b>{itemTitle(item)}</b>
          {subject !== null && <code className="mono">{subject}</code>}
          <span className="sp" />
          <span className={classes['clause']}>{clause ?? t('noClause')}</span>
          <span className="tag">{t(`result.${result}`)}</span>
        </div>
        {detail !== null && <p>{detail}</p>}
        {fix !== null && (
          <p className={classes['fix']}>
            <IconTool size={14} stroke={1.75} aria-hidden />
            <span>
              <span className="sr">{t('fix')}: </span>
              {fix}
            </span>
          </p>
        )}
        <Evidence item={item} />
      </div>
    </li>
  )
}

/** The answers, what does not hold first. */
export function ItemList({ items, label }: { readonly items: readonly AssessmentItem[]; readonly label: string }) {
  const { t } = useTranslation('assessment')
  const [shown, setShown] = useState<Shown>('all')
  const count = (result: Result): number => items.filter((item) => item.result === result).length
  const chosen = shown === 'all' ? items : items.filter(({ result }) => result === shown)
  return (
    <>
      <div className={classes['bar']}>
        <p role="status">{t('count', { fail: count('fail'), pass: count('pass'), moot: count('not-applicable') })}</p>
        <span className="sp" />
        <Choice<Shown>
          label={t('filter')}
          value={shown}
          options={[
            ['all', t('all')],
            ['fail', t('result.fail')],
            ['pass', t('result.pass')],
            ['not-applicable', t('result.not-applicable')],
          ]}
          choose={setShown}
        />
      </div>
      {chosen.length === 0 && <p className={classes['hint']}>{t('none')}</p>}
      <ul className={classes['items']} aria-label={label}>
        {chosen.map((item) => (
          <Item key={`${item.code} ${item.subject ?? ''}`} item={item} />
        ))}
      </ul>
    </>
  )
}
